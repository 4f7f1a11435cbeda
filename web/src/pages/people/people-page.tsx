/** People and seats: who there is, who holds what, and what speaks for a change. One chunk. */
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { peopleGroupsQuery, peopleQuery } from '../../api/people';
import type { PersonRow } from '../../api/types';
import { words } from '../../messages';
import { DataTable, type Column } from '../../parts/data-table/data-table';
import { asAddress } from '../../parts/data-table/search';
import { PageHead } from '../../parts/page-head';
import styles from '../../parts/page.module.css';
import { Panel } from '../../parts/panel';
import { useMoments } from '../../parts/use-moments';

export { OnePersonPage } from './one-person';
export { SeatsPage } from './seats-page';

const route = getRouteApi('/people');
const say = words.people;

const GROUPS = Object.entries(say.groupBy);
const nameOf = (by: string, key?: string) =>
  by === 'kind' ? (key === 'contractor' ? say.contractor : say.staff) : undefined;

export function PeoplePage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const people = useInfiniteQuery(peopleQuery(search));
  const groups = useQuery(peopleGroupsQuery(search));
  const when = useMoments();
  const columns = useMemo(() => columnsOf(when), [when]);
  return (
    <div className={styles.page}>
      <PageHead title={say.title} />
      <Panel title={say.table}>
        <DataTable
          name="people"
          label={say.table}
          columns={columns}
          rowKey={({ key }) => key}
          of={people}
          search={search}
          onSearch={(changed) => void navigate({ search: asAddress(changed), resetScroll: false })}
          searchLabel={say.search}
          grouping={{ by: GROUPS, nameOf, of: groups }}
          exported={{ path: '/v1/people', query: { q: search.q, sort: search.sort } }}
          empty={{ ...say.empty, first: true }}
        />
      </Panel>
    </div>
  );
}

function columnsOf(when: (instant: string) => string): Column<PersonRow>[] {
  return [
    {
      id: 'name',
      header: say.columns.name,
      sort: 'name',
      width: 15,
      cell: ({ key, name }) => (
        <Link to="/people/$key" params={{ key }}>
          {name}
        </Link>
      ),
    },
    { id: 'key', header: say.columns.key, sort: 'key', width: 13, cell: ({ key }) => key },
    {
      id: 'bucket',
      header: say.columns.bucket,
      sort: 'bucket',
      width: 11,
      cell: ({ bucket }) => bucket ?? words.table.none,
    },
    {
      id: 'groups',
      header: say.columns.groups,
      width: 18,
      cell: ({ groups }) => groups.join(', ') || words.table.none,
    },
    {
      id: 'standing',
      header: say.columns.standing,
      sort: 'until',
      width: 13,
      cell: ({ contractor, until }) =>
        [contractor && say.contractor, until && say.until(when(until))].filter(Boolean).join(', ') || say.staff,
    },
  ];
}
