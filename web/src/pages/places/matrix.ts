/** From the server's cells to a table of places and of what was used there. Nothing is added up: a cell is a row. */
import type { PlaceUse } from '../../api/types';

export type Place = { id: string; country: string | null; site: string | null };
export type Used = { id: string; month: string | null; of: string | null; key: string | null };
export type Matrix = {
  places: Place[];
  columns: Used[];
  cellOf: (place: Place, column: Used) => PlaceUse | undefined;
  /** The greatest amount of a cell, for its colour. */
  most: number;
};

const text = (...parts: (string | null | undefined)[]) => JSON.stringify(parts.map((part) => part ?? null));

/** Of rows of which each place and column has one at most. */
export function matrixOf(rows: readonly PlaceUse[]): Matrix {
  const places = new Map<string, Place>();
  const columns = new Map<string, Used>();
  const cells = new Map<string, PlaceUse>();
  for (const row of rows) {
    const { month = null, country = null, site = null, of = null, key = null } = row;
    const place = text(country, site);
    const column = text(month, of, key);
    places.set(place, { id: place, country, site });
    columns.set(column, { id: column, month, of, key });
    cells.set(text(place, column), row);
  }
  return {
    places: [...places.values()],
    columns: [...columns.values()].sort(byKind),
    cellOf: (place, column) => cells.get(text(place.id, column.id)),
    most: Math.max(1, ...rows.map(({ opened }) => opened)),
  };
}

/** Months as they follow; buckets, then offerings, then those turned away; or products, then what nobody knows. */
function byKind(one: Used, other: Used): number {
  const last = Number(one.of === null) - Number(other.of === null);
  const texts = ({ month, of, key }: Used) => [month ?? '', of ?? '', key ?? ''];
  const [mine, theirs] = [texts(one), texts(other)];
  return last || mine.map((said, part) => said.localeCompare(theirs[part]!)).find((order) => order !== 0) || 0;
}
