/** From the server's cells to a table of places and of what was used there. Nothing is added up: a cell is a row. */
import type { PlaceUse } from '../../api/types';

export type Place = { id: string; country: string | null; site: string | null };
export type Used = { of: string | null; key: string | null };
export type Matrix = {
  places: Place[];
  columns: Used[];
  cellOf: (place: Place, column: Used) => PlaceUse | undefined;
  /** The greatest amount of a cell, for its colour. */
  most: number;
};

const text = (...parts: (string | null | undefined)[]) => JSON.stringify(parts.map((part) => part ?? null));

/** Of one month, in which each place and use has one row at most. */
export function matrixOf(rows: readonly PlaceUse[]): Matrix {
  const places = new Map<string, Place>();
  const columns = new Map<string, Used>();
  const cells = new Map<string, PlaceUse>();
  for (const row of rows) {
    const { country = null, site = null, of = null, key = null } = row;
    const id = text(country, site);
    places.set(id, { id, country, site });
    columns.set(text(of, key), { of, key });
    cells.set(text(id, of, key), row);
  }
  return {
    places: [...places.values()],
    columns: [...columns.values()].sort(byKind),
    cellOf: ({ id }, { of, key }) => cells.get(text(id, of, key)),
    most: Math.max(1, ...rows.map(({ opened }) => opened)),
  };
}

/** Buckets, then offerings, then those turned away. */
function byKind(one: Used, other: Used): number {
  const turnedAway = Number(one.of === null) - Number(other.of === null);
  return turnedAway || (one.of ?? '').localeCompare(other.of ?? '') || (one.key ?? '').localeCompare(other.key ?? '');
}
