/** What the address of the places says: a month, and which breach is looked at. */
import type { BreachStage, Period } from '../../api/places';
import { firstOfMonth, lastOfMonth } from '../../days';

export type PlacesSearch = {
  /** As `2026-11`; without it the present one. */
  month?: string;
  view?: 'table';
  state?: BreachStage;
  /** The decision of the breach that is looked at. */
  breach?: string;
};

const MONTH = /^\d{4}-(0[1-9]|1[0-2])$/;

/** Reads an address leniently: what cannot be understood is left out. */
export function readPlacesSearch(raw: Record<string, unknown>): PlacesSearch {
  const search: PlacesSearch = {};
  if (typeof raw.month === 'string' && MONTH.test(raw.month)) search.month = raw.month;
  if (raw.view === 'table') search.view = 'table';
  if (raw.state === 'waiting') search.state = 'waiting';
  // The router reads `breach=175` as a number.
  if (/^\d{1,19}$/.test(String(raw.breach))) search.breach = String(raw.breach);
  return search;
}

/** The days of a month; of the present one, those up to today. */
export function periodOf(month: string | undefined, today: string): Period {
  return month ? { from: `${month}-01`, to: lastOfMonth(month) } : { from: firstOfMonth(today) };
}
