import type { TableSearch } from './data-table';

/** A key of a group may be as long as a name in a directory. */
const TEXT_MAX = 1_100;

/** Reads the filters of a table from an address leniently: what cannot be understood is left out. */
export function readTableSearch<K extends string>(keys: readonly K[]) {
  return (raw: Record<string, unknown>): Partial<Record<K, string>> => {
    const read = keys.map((key) => [key, text(raw[key])] as const).filter((entry) => entry[1]);
    return Object.fromEntries(read) as Partial<Record<K, string>>;
  };
}

/** The router reads `q=12` as a number. */
function text(value: unknown): string | undefined {
  return ['string', 'number', 'boolean'].includes(typeof value) ? String(value).slice(0, TEXT_MAX) : undefined;
}

/** What may go into an address: nothing that is empty. */
export function asAddress(search: TableSearch): TableSearch {
  return Object.fromEntries(Object.entries(search).filter((entry) => entry[1]));
}
