import { describe, expect, it } from 'vitest';
import { readBurnSearch, resolveRange, spanBefore, spanFault } from './search';

const TODAY = '2026-11-22';

describe('the address of the Burn page', () => {
  it.each([
    [{}, { from: '2026-10-26', to: TODAY, preset: '28d' }],
    [{ range: '7d' }, { from: '2026-11-16', to: TODAY, preset: '7d' }],
    [{ range: '365d' }, { from: '2025-11-23', to: TODAY, preset: '365d' }],
    [{ range: 'mtd' }, { from: '2026-11-01', to: TODAY, preset: 'mtd' }],
    [{ range: 'for ever' }, { from: '2026-10-26', to: TODAY, preset: '28d' }],
    [
      { from: '2026-01-01', to: '2026-03-31' },
      { from: '2026-01-01', to: '2026-03-31', preset: null },
    ],
    [
      { from: '2026-03-31', to: '2026-01-01' },
      { from: '2026-10-26', to: TODAY, preset: '28d' },
    ],
    [
      { from: '2020-01-01', to: '2026-01-01', range: '7d' },
      { from: '2026-11-16', to: TODAY, preset: '7d' },
    ],
  ])('%j means %j', (raw, range) => {
    expect(resolveRange(readBurnSearch(raw), TODAY)).toEqual(range);
  });

  it('reads a number as the text it was', () => {
    expect(readBurnSearch({ q: 2026 })).toEqual({ q: '2026' });
  });

  it('keeps what it was narrowed down to', () => {
    const search = { by: 'person', group: 'dept-mep', product: 'revit' };
    expect(readBurnSearch({ ...search, hours: 'table', person: 7 })).toEqual({ ...search, hours: 'table', person: '7' });
  });

  it('drops what it does not know', () => {
    expect(readBurnSearch({ view: 'pie', sort: 'drop table', utm: 1 })).toEqual({});
    expect(readBurnSearch({ view: 'table', sort: '-opened' })).toEqual({ view: 'table', sort: '-opened' });
  });
});

describe('a span', () => {
  it('has as many days before it', () => {
    expect(spanBefore({ from: '2026-11-22', to: '2026-11-22' })).toEqual({ from: '2026-11-21', to: '2026-11-21' });
    expect(spanBefore({ from: '2026-03-01', to: '2026-03-28' })).toEqual({ from: '2026-02-01', to: '2026-02-28' });
  });

  it.each([
    ['2026-11-22', '2026-11-22', null],
    ['2026-11-23', '2026-11-22', 'backwards'],
    ['2025-10-19', '2026-11-22', null],
    ['2025-10-18', '2026-11-22', 'too-long'],
  ])('from %s to %s: %s', (from, to, fault) => {
    expect(spanFault(from, to)).toBe(fault);
  });
});
