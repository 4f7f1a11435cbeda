/** What the address of the places says: which months, what the columns are, and which breach is looked at. */
import type { BreachStage, Period } from '../../api/places';
import { lastOfMonth } from '../../days';

export const COLUMNS = ['payer', 'product', 'month'] as const;
export type Columns = (typeof COLUMNS)[number];

export type PlacesSearch = {
  /** The first month, as `2026-02`; without it the last one alone. */
  from?: string;
  /** The last month; without it the present one. */
  to?: string;
  /** What the columns of use are; without it what paid. */
  columns?: Exclude<Columns, 'payer'>;
  view?: 'table';
  state?: BreachStage;
  /** The decision of the breach that is looked at. */
  breach?: string;
};

const isMonth = (raw: unknown): raw is string => typeof raw === 'string' && /^\d{4}-(0[1-9]|1[0-2])$/.test(raw);

/** Reads an address leniently: what cannot be understood is left out. */
export function readPlacesSearch(raw: Record<string, unknown>): PlacesSearch {
  const search: PlacesSearch = {};
  if (isMonth(raw.from)) search.from = raw.from;
  // One month was all that older links said.
  const to = raw.to ?? raw.month;
  if (isMonth(to)) search.to = to;
  if (raw.columns === 'product' || raw.columns === 'month') search.columns = raw.columns;
  if (raw.view === 'table') search.view = 'table';
  if (raw.state === 'waiting') search.state = 'waiting';
  // The router reads `breach=175` as a number.
  if (/^\d{1,19}$/.test(String(raw.breach))) search.breach = String(raw.breach);
  return search;
}

/** The first and the last month of an address. */
export function monthsOf({ from, to }: PlacesSearch, today: string): { first: string; last: string } {
  const last = to ?? today.slice(0, 7);
  return { first: from && from < last ? from : last, last };
}

/** What the address says of months. */
export function monthsSearch(first: string, last: string, today: string): Pick<PlacesSearch, 'from' | 'to'> {
  return { from: first < last ? first : undefined, to: last === today.slice(0, 7) ? undefined : last };
}

/** The days of the months; of the present one, those up to today. */
export function periodOf(search: PlacesSearch, today: string): Period {
  const { first, last } = monthsOf(search, today);
  const from = `${first}-01`;
  return last < today.slice(0, 7) ? { from, to: lastOfMonth(last) } : { from };
}
