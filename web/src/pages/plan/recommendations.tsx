import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { adviceGroupsQuery, recommendationsQuery } from '../../api/plans';
import type { Recommendation } from '../../api/types';
import { counted, money, roundShare } from '../../format';
import { words } from '../../messages';
import { DataTable, type Column } from '../../parts/data-table/data-table';
import { asAddress } from '../../parts/data-table/search';
import { Panel } from '../../parts/panel';
import { adviceOf, reasonOf } from '../../parts/reason';
import { Basis } from './basis';

const route = getRouteApi('/plan/');
const say = words.plan.list;
const GROUPS = Object.entries(say.groupBy);
const nameOf = (by: string, key?: string) =>
  by === 'advice' ? say.best[key ?? ''] : by === 'stays' ? (key ? words.plan.stays[key] : say.toMove) : undefined;
const RULES = ['crossover', 'guide-000', 'guide-004'] as const;

export function Recommendations() {
  // The offer is for the other parts: it filters nothing here.
  const { offer: _, ...search } = route.useSearch();
  const navigate = route.useNavigate();
  const advice = useInfiniteQuery(recommendationsQuery(search));
  const groups = useQuery(adviceGroupsQuery(search));
  const first = groups.data ?? advice.data?.pages[0];
  return (
    <Panel title={say.title} busy={advice.isPlaceholderData}>
      <DataTable
        name="recommendations"
        label={say.title}
        columns={COLUMNS}
        rowKey={({ person, offering, seat }) => `${person} ${offering} ${seat}`}
        of={advice}
        search={search}
        onSearch={(changed) => void navigate({ search: asAddress(changed), resetScroll: false })}
        searchLabel={say.search}
        filters={[
          { key: 'moves', label: say.moves, options: [['true', say.movesOnly]] },
          { key: 'rule', label: say.rule, options: RULES.map((rule) => [rule, say.rules[rule]]) },
        ]}
        grouping={{ by: GROUPS, nameOf, of: { ...groups, data: groups.data?.groups ?? undefined } }}
        exported={{ path: '/v1/recommendations', query: { ...search, group: undefined, in: undefined } }}
        height={3}
        empty={{ ...say.empty, first: true }}
      />
      {first && <Basis from={first.known_from} to={first.known_to} gaps={first.gaps} />}
    </Panel>
  );
}

const COLUMNS: Column<Recommendation>[] = [
  {
    id: 'person',
    header: say.columns.person,
    sort: 'name',
    width: 10,
    cell: ({ person, name }) => (
      <Link to="/people/$key" params={{ key: person }}>
        {name}
      </Link>
    ),
  },
  { id: 'advice', header: say.columns.advice, sort: 'advice', width: 11, cell: adviceOf },
  {
    id: 'saving',
    header: say.columns.saving,
    sort: 'saving',
    width: 8,
    numeric: true,
    cell: ({ saving }) => money(saving),
  },
  { id: 'reason', header: say.columns.reason, sort: 'days', width: 21, cell: reasonOf },
  {
    id: 'odds',
    header: say.columns.odds,
    sort: 'p-saves',
    width: 5,
    numeric: true,
    cell: ({ p_saves }) => roundShare(p_saves),
  },
  {
    id: 'risk',
    header: say.columns.risk,
    sort: 'regret',
    width: 8,
    numeric: true,
    cell: ({ regret }) => money(regret),
  },
  {
    id: 'idle',
    header: say.columns.idle,
    sort: 'idle-days',
    width: 7,
    numeric: true,
    cell: ({ idle_days }) => (idle_days == null ? words.table.none : counted(idle_days)),
  },
];
