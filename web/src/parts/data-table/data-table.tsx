/**
 * A table of any length: the server filters, sorts and pages it, the address holds how, and only the rows in
 * sight are there. What is taken along is the server's file of all rows, not of those that are loaded.
 */
import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query';
import { Button, Stack, Text } from '@mantine/core';
import { useMemo, type ReactNode } from 'react';
import type { Query } from '../../api/client';
import type { Group } from '../../api/types';
import { counted } from '../../format';
import { words } from '../../messages';
import { EmptyNote } from '../empty-note';
import { Loaded, SkeletonLines, type Question } from '../loaded';
import { GroupedRows } from './grouped-rows';
import { plain } from './lines';
import { PRINTED_MAX, Rows } from './rows';
import { Toolbar } from './toolbar';
import { useHidden } from './views';

const say = words.table;

export type Column<Row> = {
  id: string;
  header: string;
  cell: (row: Row) => ReactNode;
  /** Width in rem; what does not fit breaks into lines, and ends in an ellipsis after the last. */
  width: number;
  numeric?: boolean;
  /** What the server calls the order by it; without one it cannot be sorted by. */
  sort?: string;
};

/**
 * What the address says of a table: `q` searches, `sort` is its order, `group` by what it is grouped and `in` which
 * group is open; the others are filters.
 */
export type TableSearch = { q?: string } & Record<string, string | undefined>;

export type Filter = { key: string; label: string; options: readonly (readonly [value: string, label: string])[] };

/** By what the server can group a table. */
export type Grouping = {
  /** What it calls the column, and what we call it. */
  by: readonly (readonly [key: string, label: string])[];
  /** What a group is called, where the server's name will not do; what has nothing has no key. */
  nameOf?: (by: string, key: string | undefined) => string | undefined;
  /** The groups that are asked for. */
  of: Question<Group[]>;
};

export type Page<Row> = { rows: Row[]; next?: string | null };

export type DataTableProps<Row> = {
  /** Under which its columns and views are remembered. */
  name: string;
  label: string;
  /** The first names the row and cannot be hidden. */
  columns: Column<Row>[];
  rowKey: (row: Row) => string;
  of: UseInfiniteQueryResult<InfiniteData<Page<Row>>>;
  search: TableSearch;
  onSearch: (search: TableSearch) => void;
  searchLabel?: string;
  filters?: readonly Filter[];
  grouping?: Grouping;
  empty: { title: string; detail: string; first?: boolean };
  /** Where the server gives a file of all rows, with the filters and the order of the table. */
  exported?: { path: string; query: Query };
  /** How high a row is, in lines of text; two, unless a column holds sentences. */
  height?: 2 | 3;
};

export function DataTable<Row>(props: DataTableProps<Row>) {
  const { name, label, columns, of, search, onSearch, grouping } = props;
  const [hidden, setHidden] = useHidden(name);
  const rows = of.data?.pages.flatMap((page) => page.rows);
  const shown = useMemo(
    () => columns.filter((column, place) => place === 0 || !hidden.includes(column.id)),
    [columns, hidden],
  );
  const isFiltered = Object.entries(search).some(([key, value]) => !SHAPE.includes(key) && value !== undefined);
  const isGrouped = grouping !== undefined && search.group !== undefined;
  const nothing = isFiltered ? (
    <EmptyNote title={say.noMatch} detail={say.noMatchDetail}>
      <Button variant="default" onClick={() => onSearch(shapeOf(search))}>
        {say.clear}
      </Button>
    </EmptyNote>
  ) : (
    <EmptyNote {...props.empty} />
  );
  return (
    <Stack gap="md">
      <Toolbar {...props} hidden={hidden} onHidden={setHidden} isFiltered={isFiltered} />
      {isGrouped ? (
        <GroupedRows {...props} grouping={grouping} columns={shown} nothing={nothing} />
      ) : (
        <Loaded of={{ ...of, data: rows }} waiting={say.loading(label)} skeleton={<SkeletonLines lines={8} height={28} />}>
          {(found) => (found.length > 0 ? <Rows {...props} columns={shown} lines={plain(found)} /> : nothing)}
        </Loaded>
      )}
      {!isGrouped && rows && rows.length > 0 && (
        <>
          <Text size="sm" c="dimmed" role="status" data-no-print>
            {of.hasNextPage ? say.more(counted(rows.length)) : say.all(rows.length, counted(rows.length))}
          </Text>
          <Text size="sm" data-print-only>
            {of.hasNextPage || rows.length > PRINTED_MAX
              ? say.printedSome(counted(Math.min(rows.length, PRINTED_MAX)), props.exported !== undefined)
              : say.all(rows.length, counted(rows.length))}
          </Text>
        </>
      )}
    </Stack>
  );
}

/** What shapes a table and leaves no row out. */
const SHAPE = ['sort', 'group', 'in'];

/** How a table is shown, without its filters. */
export const shapeOf = ({ sort, group }: TableSearch): TableSearch => ({ sort, group });
