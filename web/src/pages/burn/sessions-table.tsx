import { Table, Text } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { functionalUpdate, useTable, type Header, type ReactTable, type SortingState } from '@tanstack/react-table';
import { useMemo, type ReactNode } from 'react';
import type { Session } from '../../api/types';
import { words } from '../../messages';
import { ScrollRegion } from '../../parts/scroll-region';
import { SortButton } from '../../parts/sort-button';
import { features, NUMERIC, sessionColumns } from './sessions-columns';
import styles from './table.module.css';

const route = getRouteApi('/burn');
const say = words.burn.sessions;
const SORT_DEFAULT = '-opened';

type Props = {
  rows: Session[];
  zone: string;
  today: string;
  /** What stands under the table, given the rows that the filter leaves. */
  footer: (shown: Session[]) => ReactNode;
};

export function SessionsTable({ rows, zone, today, footer }: Props) {
  const columns = useMemo(() => sessionColumns(zone, today), [zone, today]);
  const { filter, sorting, sortBy } = useTableAddress();
  const table = useTable({
    features,
    columns,
    data: rows,
    getRowId: (row) => row.id,
    state: { sorting, globalFilter: filter },
    onSortingChange: (updater) => sortBy(functionalUpdate(updater, sorting)),
    globalFilterFn: 'includesString',
    enableSortingRemoval: false,
  });
  const shown = table.getRowModel().rows;
  return (
    <>
      {shown.length === 0 ? <Text>{say.noMatch(filter)}</Text> : <Rows table={table} />}
      {footer(shown.map((row) => row.original))}
    </>
  );
}

function Rows({ table }: { table: ReactTable<typeof features, Session> }) {
  return (
    <ScrollRegion label={say.title} maxHeight={560}>
      <Table stickyHeader highlightOnHover className={styles.table}>
        <Table.Thead>
          {table.getHeaderGroups().map((group) => (
            <Table.Tr key={group.id}>
              {group.headers.map((header) => (
                <SortableHead key={header.id} header={header}>
                  <table.FlexRender header={header} />
                </SortableHead>
              ))}
            </Table.Tr>
          ))}
        </Table.Thead>
        <Table.Tbody>
          {table.getRowModel().rows.map((row) => (
            <Table.Tr key={row.id}>
              {row.getAllCells().map((cell) => (
                <Table.Td key={cell.id} className={NUMERIC.has(cell.column.id) ? styles.number : undefined}>
                  <table.FlexRender cell={cell} />
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </ScrollRegion>
  );
}

type HeadProps = { header: Header<typeof features, Session, unknown>; children: ReactNode };

function SortableHead({ header, children }: HeadProps) {
  const order = header.column.getIsSorted();
  const sorted = order === 'asc' ? 'ascending' : order === 'desc' ? 'descending' : undefined;
  return (
    <Table.Th
      scope="col"
      aria-sort={sorted}
      className={NUMERIC.has(header.column.id) ? styles.number : undefined}
    >
      <SortButton sorted={sorted} onClick={header.column.getToggleSortingHandler()}>
        {children}
      </SortButton>
    </Table.Th>
  );
}

/** The filter and the order live in the address, so that a link shows the same rows. */
function useTableAddress() {
  const { q, sort = SORT_DEFAULT } = route.useSearch();
  const navigate = route.useNavigate();
  const sorting: SortingState = useMemo(() => [{ id: sort.replace(/^-/, ''), desc: sort.startsWith('-') }], [sort]);
  const sortBy = ([first]: SortingState) => {
    const next = first ? `${first.desc ? '-' : ''}${first.id}` : SORT_DEFAULT;
    void navigate({
      search: (rest) => ({ ...rest, sort: next === SORT_DEFAULT ? undefined : next }),
      replace: true,
      resetScroll: false,
    });
  };
  return { filter: q ?? '', sorting, sortBy };
}
