/** The lines of a table: its rows, and in groups their heads, of which one is open at most. */
import type { Group } from '../../api/types';

export type Line<Row> = { group: Group } | { row: Row };

export type Lines<Row> = {
  count: number;
  /** The place after the last row that is loaded. */
  end: number;
  at: (place: number) => Line<Row>;
};

/** Rows as they are. */
export const plain = <Row>(rows: readonly Row[]): Lines<Row> => lines([], rows, []);

/** The heads of groups, with the rows of the open one below its head. */
export function grouped<Row>(groups: readonly Group[], open: string | undefined, rows: readonly Row[]): Lines<Row> {
  const last = groups.findIndex((group) => group.in === open);
  return last < 0 ? lines(groups, [], []) : lines(groups.slice(0, last + 1), rows, groups.slice(last + 1));
}

// A million rows are not copied to be told from the heads around them.
function lines<Row>(before: readonly Group[], rows: readonly Row[], after: readonly Group[]): Lines<Row> {
  const end = before.length + rows.length;
  const group = (place: number) => (place < before.length ? before[place] : after[place - end]);
  const at = (place: number): Line<Row> => {
    const head = place < before.length || place >= end ? group(place) : undefined;
    return head ? { group: head } : { row: rows[place - before.length] as Row };
  };
  return { count: end + after.length, end, at };
}
