import { QueryClient } from '@tanstack/react-query';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openLiveLink, throttle, type LiveState } from './live';
import { LIVE_KEY, ME_KEY, SUMMARY_KEY } from './queries';

class FakeSource extends EventTarget {
  static readonly CLOSED = 2;
  static last: FakeSource;
  static opened = 0;
  readyState = 1;
  constructor(readonly url: string) {
    super();
    FakeSource.last = this;
    FakeSource.opened++;
  }
  close() {
    this.readyState = 2;
  }
  say(seq: number) {
    this.dispatchEvent(new MessageEvent('summary', { data: JSON.stringify({ seq }) }));
  }
  fail(readyState: number) {
    this.readyState = readyState;
    this.dispatchEvent(new Event('error'));
  }
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('EventSource', FakeSource);
  FakeSource.opened = 0;
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function link() {
  const client = new QueryClient();
  const states: LiveState[] = [];
  const invalidated = vi.spyOn(client, 'invalidateQueries').mockResolvedValue();
  const asked = (key: readonly string[]) =>
    invalidated.mock.calls.filter(([filter]) => filter?.queryKey?.[0] === key[0]).length;
  const close = openLiveLink(client, (state) => states.push(state));
  return { client, states, asked, close, source: FakeSource.last };
}

describe('the live link', () => {
  it('asks for the rest once a second, however many events arrive', () => {
    const { client, asked, close, source } = link();
    source.say(1);
    for (let event = 2; event <= 1_001; event++) {
      vi.advanceTimersByTime(5);
      source.say(event);
    }
    vi.advanceTimersByTime(1_000);
    expect(asked(LIVE_KEY)).toBeGreaterThanOrEqual(5);
    expect(asked(LIVE_KEY)).toBeLessThanOrEqual(7);
    expect(client.getQueryData(SUMMARY_KEY)).toEqual({ seq: 1_001 });
    close();
  });

  it('asks nothing when the first event repeats what the page has', () => {
    const { client, asked, close, source } = link();
    client.setQueryData(SUMMARY_KEY, { seq: 7 });
    source.say(7);
    vi.advanceTimersByTime(5_000);
    expect(asked(LIVE_KEY)).toBe(0);
    close();
  });

  it('leaves a broken stream to the browser and opens a refused one again', () => {
    const { states, asked, close, source } = link();
    source.dispatchEvent(new Event('open'));
    source.fail(0);
    vi.advanceTimersByTime(60_000);
    expect(FakeSource.opened).toBe(1);
    source.dispatchEvent(new Event('open'));
    expect(asked(LIVE_KEY)).toBe(1);
    source.fail(2);
    expect(asked(ME_KEY)).toBe(1);
    vi.advanceTimersByTime(1_000);
    expect(FakeSource.opened).toBe(2);
    expect(states).toEqual(['connected', 'reconnecting', 'connected', 'reconnecting']);
    close();
    vi.advanceTimersByTime(60_000);
    expect(FakeSource.opened).toBe(2);
  });
});

describe('throttle', () => {
  it('runs at once, then once per interval, and never loses the last call', () => {
    const action = vi.fn();
    const { call } = throttle(action, 100);
    call();
    call();
    call();
    expect(action).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(100);
    expect(action).toHaveBeenCalledTimes(2);
    vi.advanceTimersByTime(1_000);
    expect(action).toHaveBeenCalledTimes(2);
  });
});
