/** What the address of one's own page says: the days shown, by what, and which product is asked about. */
import type { OwnBy } from '../../api/me';
import { PRESETS, type Preset } from '../burn/search';

export type MySearch = { range?: Preset; by?: OwnBy; product?: string };

export const RANGE_DEFAULT: Preset = 'mtd';

/** Reads an address leniently: what cannot be understood is left out. */
export function readMySearch(raw: Record<string, unknown>): MySearch {
  const search: MySearch = {};
  if (PRESETS.includes(raw.range as Preset) && raw.range !== RANGE_DEFAULT) search.range = raw.range as Preset;
  if (raw.by === 'day') search.by = 'day';
  if (typeof raw.product === 'string' && raw.product !== '') search.product = raw.product;
  return search;
}
