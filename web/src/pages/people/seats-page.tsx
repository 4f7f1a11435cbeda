import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { seatsGroupsQuery, seatsQuery } from '../../api/people';
import type { Seat } from '../../api/types';
import { counted, day } from '../../format';
import { words } from '../../messages';
import { DataTable, type Column } from '../../parts/data-table/data-table';
import { asAddress } from '../../parts/data-table/search';
import { PageHead } from '../../parts/page-head';
import styles from '../../parts/page.module.css';
import { Panel } from '../../parts/panel';
import { useMoments } from '../../parts/use-moments';

const route = getRouteApi('/seats');
const say = words.seats;
const STATES = ['free', 'held'] as const;

const GROUPS = Object.entries(say.groupBy);
const nameOf = (by: string, key = '') =>
  by === 'state' ? (key === 'held' ? say.states.held : say.states.free) : by === 'last-day' ? day(key) : undefined;

export function SeatsPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const seats = useInfiniteQuery(seatsQuery(search));
  const groups = useQuery(seatsGroupsQuery(search));
  const when = useMoments();
  const columns = useMemo(() => columnsOf(when), [when]);
  return (
    <div className={styles.page}>
      <PageHead title={say.title} />
      <Panel title={say.table}>
        <DataTable
          name="seats"
          label={say.table}
          columns={columns}
          rowKey={({ seat }) => String(seat)}
          of={seats}
          search={search}
          onSearch={(changed) => void navigate({ search: asAddress(changed), resetScroll: false })}
          searchLabel={say.search}
          filters={[{ key: 'state', label: say.state, options: STATES.map((state) => [state, say.states[state]]) }]}
          grouping={{ by: GROUPS, nameOf, of: groups }}
          exported={{ path: '/v1/seats', query: { q: search.q, state: search.state, sort: search.sort } }}
          empty={{ ...say.empty, first: true }}
        />
      </Panel>
    </div>
  );
}

function columnsOf(when: (instant: string) => string): Column<Seat>[] {
  return [
    {
      id: 'offering',
      header: say.columns.offering,
      sort: 'offering',
      width: 10,
      cell: ({ offering_name }) => offering_name,
    },
    {
      id: 'holder',
      header: say.columns.holder,
      sort: 'holder',
      width: 12,
      cell: ({ holder, holder_name }) =>
        holder ? (
          <Link to="/people/$key" params={{ key: holder }}>
            {holder_name ?? holder}
          </Link>
        ) : (
          say.free
        ),
    },
    {
      id: 'lastUsed',
      header: say.columns.lastUsed,
      sort: 'last-used',
      width: 9.5,
      cell: ({ last_used }) => (last_used ? when(last_used) : say.neverUsed),
    },
    {
      id: 'inUseOn',
      header: say.columns.inUseOn,
      width: 8.5,
      cell: ({ in_use_on }) => in_use_on.join(', ') || words.table.none,
    },
    { id: 'seat', header: say.columns.seat, sort: 'seat', width: 5.5, numeric: true, cell: ({ seat }) => counted(seat) },
    { id: 'from', header: say.columns.from, sort: 'from', width: 10.5, cell: ({ from }) => when(from) },
    { id: 'until', header: say.columns.until, sort: 'until', width: 10.5, cell: ({ until }) => when(until) },
  ];
}
