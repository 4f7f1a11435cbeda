/**
 * The live link: one event stream that keeps the summary fresh and says when to ask for the rest.
 * A burst of events costs one cache write a quarter second and one round of questions a second,
 * however many events arrive; nothing is asked while the page is hidden.
 */
import type { QueryClient } from '@tanstack/react-query';
import { LIVE_KEY, ME_KEY, SUMMARY_KEY } from './queries';
import type { NewDecisions, Summary } from './types';

export type LiveState = 'connecting' | 'connected' | 'reconnecting' | 'asking';

const PATCH_EVERY_MS = 250;
const REFETCH_EVERY_MS = 1_000;
const ASK_EVERY_MS = 15_000;
const RECONNECT_MS_MIN = 1_000;
const RECONNECT_MS_MAX = 30_000;

/** Runs `action` at once, then at most once per `every_ms`; the last call is never lost. */
export function throttle(action: () => void, every_ms: number) {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let asked = false;
  const run = () => {
    asked = false;
    action();
    timer = setTimeout(() => {
      timer = undefined;
      if (asked) run();
    }, every_ms);
  };
  const call = () => {
    asked = true;
    if (timer === undefined) run();
  };
  const stop = () => clearTimeout(timer);
  return { call, stop };
}

const watchers = new Set<(told: NewDecisions) => void>();

/** Calls `watcher` for what the gate decides from now on, until the returned function is called. */
export function watchDecisions(watcher: (told: NewDecisions) => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

function tellDecisions(data: string) {
  // Most pages watch no decisions, and read none of them.
  if (watchers.size === 0) return;
  const told = JSON.parse(data) as NewDecisions;
  for (const watcher of watchers) watcher(told);
}

/** For those to whom the stream is not open: asks again now and then, while the page is in sight. */
export function keepAsking(client: QueryClient, onState: (state: LiveState) => void): () => void {
  onState('asking');
  const timer = setInterval(() => {
    if (!document.hidden) void client.invalidateQueries({ queryKey: LIVE_KEY }, { cancelRefetch: false });
  }, ASK_EVERY_MS);
  return () => clearInterval(timer);
}

/** Opens the stream and keeps it open until the returned function is called. */
export function openLiveLink(client: QueryClient, onState: (state: LiveState) => void): () => void {
  const feed = summaryFeed(client);
  let source: EventSource | undefined;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;
  let broken = false;

  const connect = () => {
    source = new EventSource('/v1/events');
    source.addEventListener('open', () => {
      // What failed while the link was broken would otherwise stay so until the next commit.
      if (broken) feed.refetch();
      broken = false;
      failures = 0;
      onState('connected');
    });
    source.addEventListener('summary', (event) => feed.take(event.data as string));
    source.addEventListener('decisions', (event) => tellDecisions(event.data as string));
    source.addEventListener('error', onError);
  };
  const onError = () => {
    broken = true;
    onState('reconnecting');
    // The browser retries a broken stream by itself, but gives up on a refused one.
    if (source?.readyState !== EventSource.CLOSED) return;
    // The refusal may mean that the sign-in has ended; asking who we are tells.
    void client.invalidateQueries({ queryKey: ME_KEY });
    retry = setTimeout(connect, reconnectDelay(failures++));
  };

  connect();
  document.addEventListener('visibilitychange', feed.catchUp);
  return () => {
    source?.close();
    clearTimeout(retry);
    feed.stop();
    document.removeEventListener('visibilitychange', feed.catchUp);
  };
}

function summaryFeed(client: QueryClient) {
  let newest: string | undefined;
  let seen: number | undefined;
  let missed = false;
  const refetch = throttle(() => {
    missed = document.hidden;
    // A round that is still under way is not thrown away, or a slow server would never answer.
    if (!missed) void client.invalidateQueries({ queryKey: LIVE_KEY }, { cancelRefetch: false });
  }, REFETCH_EVERY_MS);
  const patch = throttle(() => {
    if (newest === undefined) return;
    const summary = JSON.parse(newest) as Summary;
    newest = undefined;
    // The first event usually repeats what the page has just loaded.
    seen ??= client.getQueryData<Summary>(SUMMARY_KEY)?.seq;
    client.setQueryData(SUMMARY_KEY, summary);
    if (seen !== undefined && seen !== summary.seq) refetch.call();
    seen = summary.seq;
  }, PATCH_EVERY_MS);
  return {
    take(data: string) {
      newest = data;
      patch.call();
    },
    refetch: refetch.call,
    catchUp() {
      if (!document.hidden && missed) refetch.call();
    },
    stop() {
      patch.stop();
      refetch.stop();
    },
  };
}

function reconnectDelay(failures: number): number {
  const ceiling = Math.min(RECONNECT_MS_MAX, RECONNECT_MS_MIN * 2 ** failures);
  // Jitter keeps a hundred open pages from knocking together after a restart.
  return ceiling / 2 + (Math.random() * ceiling) / 2;
}
