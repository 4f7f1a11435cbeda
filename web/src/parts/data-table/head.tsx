import { words } from '../../messages';
import { SortButton, type Sorted } from '../sort-button';
import { usePrinting } from '../use-printing';
import type { Column, TableSearch } from './data-table';

type Props<Row> = { column: Column<Row>; search: TableSearch; onSearch: (search: TableSearch) => void };

/** The name of a column; where the server sorts by it, a button: upwards, downwards, and as it was. */
export function Head<Row>({ column: { header, numeric, sort }, search, onSearch }: Props<Row>) {
  // Browsers repeat a head on each page of paper, without its buttons.
  const isPrinting = usePrinting();
  if (!sort || isPrinting) {
    return (
      <th scope="col" data-numeric={numeric} aria-sort={orderOf(sort, search)}>
        {header}
      </th>
    );
  }
  const sorted = orderOf(sort, search);
  const next = sorted === 'ascending' ? `-${sort}` : sorted === 'descending' ? undefined : sort;
  return (
    <th scope="col" data-numeric={numeric} aria-sort={sorted}>
      <SortButton
        sorted={sorted}
        title={words.table.sortBy(header)}
        onClick={() => onSearch({ ...search, sort: next })}
      >
        {header}
      </SortButton>
    </th>
  );
}

function orderOf(sort: string | undefined, search: TableSearch): Sorted {
  if (!sort) return undefined;
  return search.sort === sort ? 'ascending' : search.sort === `-${sort}` ? 'descending' : undefined;
}
