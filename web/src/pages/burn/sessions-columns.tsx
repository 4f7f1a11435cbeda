/** The columns of the sessions table: what each sorts by, what the filter reads, and how it looks. */
import {
  columnFilteringFeature,
  createColumnHelper,
  createFilteredRowModel,
  createSortedRowModel,
  filterFn_includesString,
  globalFilteringFeature,
  rowSortingFeature,
  sortFn_basic,
  sortFn_text,
  tableFeatures,
} from '@tanstack/react-table';
import type { Session } from '../../api/types';
import { moment, tokens } from '../../format';
import { words } from '../../messages';
import styles from './table.module.css';

export const features = tableFeatures({
  rowSortingFeature,
  sortedRowModel: createSortedRowModel(),
  sortFns: { text: sortFn_text, basic: sortFn_basic },
  columnFilteringFeature,
  globalFilteringFeature,
  filteredRowModel: createFilteredRowModel(),
  filterFns: { includesString: filterFn_includesString },
});

const say = words.burn.sessions;
const helper = createColumnHelper<typeof features, Session>();

/** Columns that hold numbers are set flush right. */
export const NUMERIC: ReadonlySet<string> = new Set(['tokens']);

export function sessionColumns(zone: string, today: string) {
  const when = (instant: string) => moment(instant, zone, today);
  return helper.columns([
    helper.accessor((row) => row.person_name || row.person, {
      id: 'person',
      header: say.columns.person,
      sortFn: 'text',
      cell: ({ row: { original } }) => (
        <>
          {original.person_name || original.person}
          {original.person_name && original.person_name !== original.person && (
            <div className={styles.soft}>{original.person}</div>
          )}
        </>
      ),
    }),
    helper.accessor('product_name', { id: 'product', header: say.columns.product, sortFn: 'text' }),
    helper.accessor('host', { header: say.columns.host, sortFn: 'text' }),
    helper.accessor('opened_at', {
      id: 'opened',
      header: say.columns.opened,
      sortFn: 'basic',
      enableGlobalFilter: false,
      cell: (cell) => when(cell.getValue()),
    }),
    helper.accessor('last_seen', {
      id: 'seen',
      header: say.columns.seen,
      sortFn: 'basic',
      enableGlobalFilter: false,
      cell: ({ row: { original } }) => (
        <>
          {when(original.last_seen)}
          {original.unclosed && <div className={styles.soft}>{say.unclosed}</div>}
        </>
      ),
    }),
    helper.accessor(paidBy, { id: 'paid', header: say.columns.paid, sortFn: 'text' }),
    helper.accessor('tokens', {
      header: say.columns.tokens,
      sortFn: 'basic',
      enableGlobalFilter: false,
      cell: (cell) => tokens(cell.getValue()),
    }),
  ]);
}

function paidBy(session: Session): string {
  if (session.route === 'seat') return say.seat;
  if (session.route === 'log') return say.log;
  return session.bucket_name ? say.tokensOf(session.bucket_name) : say.pool;
}
