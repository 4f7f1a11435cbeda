/** What the address of the Burn page says: the days shown, how, and the state of the sessions table. */
import { addDays, daysBetween, firstOfMonth, isDay } from '../../days';
import { RANGE_DAYS_MAX, type Span } from '../../api/queries';
import type { Usage } from '../../api/types';

export const PRESETS = ['7d', '28d', '90d', '365d', 'mtd'] as const;
export type Preset = (typeof PRESETS)[number];
export const PRESET_DEFAULT: Preset = '28d';

export type BurnSearch = {
  range?: Preset;
  from?: string;
  to?: string;
  view?: 'table';
  /** How the days ahead are shown. */
  ahead?: 'table';
  /** How the hours of the week are shown. */
  hours?: 'table';
  /** What the days are broken down by, and what narrows them down on the way. */
  by?: DrillBy;
  group?: string;
  bucket?: string;
  product?: string;
  person?: string;
  /** The sessions' text filter. */
  q?: string;
  /** The sessions' order: a column, with `-` before it for the greatest first. */
  sort?: string;
};

export const DRILL_BY = ['department', 'bucket', 'product', 'person', 'day', 'project', 'segment', 'site', 'source'] as const;
export type DrillBy = (typeof DRILL_BY)[number];

/** What narrows down, in the order in which one goes deeper. */
export const NARROWING = ['group', 'bucket', 'product', 'person'] as const;
const KEY_LENGTH_MAX = 256;

const USAGE_DAYS_MAX = 365;
const SORT = /^-?(person|product|host|opened|seen|paid|tokens)$/;

/** Reads an address leniently: what cannot be understood is left out. */
export function readBurnSearch(raw: Record<string, unknown>): BurnSearch {
  const search: BurnSearch = {};
  if (isSpan(raw.from, raw.to)) {
    search.from = raw.from as string;
    search.to = raw.to as string;
  } else if (PRESETS.includes(raw.range as Preset) && raw.range !== PRESET_DEFAULT) {
    search.range = raw.range as Preset;
  }
  if (raw.view === 'table') search.view = 'table';
  if (raw.ahead === 'table') search.ahead = 'table';
  if (raw.hours === 'table') search.hours = 'table';
  if (DRILL_BY.includes(raw.by as DrillBy)) search.by = raw.by as DrillBy;
  for (const key of NARROWING) {
    if (raw[key] !== undefined && raw[key] !== '') search[key] = String(raw[key]).slice(0, KEY_LENGTH_MAX);
  }
  // The router reads `q=2026` as a number.
  if (raw.q !== undefined && raw.q !== '') search.q = String(raw.q);
  if (typeof raw.sort === 'string' && SORT.test(raw.sort)) search.sort = raw.sort;
  return search;
}

export type Range = Span & { preset: Preset | null };

/** The days an address means, given the contract's own today. */
export function resolveRange(search: BurnSearch, today: string): Range {
  if (search.from && search.to) {
    return { from: search.from, to: search.to, preset: null };
  }
  const preset = search.range ?? PRESET_DEFAULT;
  const from = preset === 'mtd' ? firstOfMonth(today) : addDays(today, 1 - Number.parseInt(preset, 10));
  return { from, to: today, preset };
}

/** As many days, just before those. */
export function spanBefore({ from, to }: Span): Span {
  return { from: addDays(from, -daysBetween(from, to)), to: addDays(from, -1) };
}

/** The days of a contract's usage, or the last year of them. */
export function usageSpan({ first, last }: Usage): Span {
  const from = addDays(last, 1 - USAGE_DAYS_MAX);
  return { from: first > from ? first : from, to: last };
}

export type SpanFault = 'backwards' | 'too-long';

export function spanFault(from: string, to: string): SpanFault | null {
  const days = daysBetween(from, to);
  if (days < 1) return 'backwards';
  return days > RANGE_DAYS_MAX ? 'too-long' : null;
}

function isSpan(from: unknown, to: unknown): boolean {
  return isDay(from) && isDay(to) && spanFault(from, to) === null;
}
