import { Skeleton, Stack, Text } from '@mantine/core';
import { useQueries, useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { lazy, Suspense, useMemo } from 'react';
import { spentOnQuery } from '../../api/buckets';
import { balancesQuery, summaryQuery, type Span } from '../../api/queries';
import type { Balances } from '../../api/types';
import { counted, dayOf, tokens } from '../../format';
import { words } from '../../messages';
import { Loaded } from '../../parts/loaded';
import { Panel } from '../../parts/panel';
import { PlainTable } from '../../parts/plain-table';
import { Twin } from '../../parts/twin';
import { flowsOf, type Flow } from './flows';

// With the chart library; the tree must not wait for it.
const FlowChart = lazy(() => import('./flow-chart'));

const route = getRouteApi('/buckets');
const say = words.buckets.flow;

/** More would be threads that nobody tells apart. */
const BUCKETS_MAX = 12;
const PRODUCTS_MAX = 8;
const ROWS_MAX = 100;

/** Where tokens go: from packs into the pool, from there into buckets, and on to products. */
export function FlowPanel() {
  const { flow } = route.useSearch();
  const navigate = route.useNavigate();
  const balances = useQuery(balancesQuery);
  const summary = useQuery(summaryQuery).data;
  const today = summary && dayOf(summary.as_of, summary.contract.zone);
  const show = (wanted: 'table' | undefined) =>
    void navigate({ search: (rest) => ({ ...rest, flow: wanted }), resetScroll: false, replace: true });
  return (
    <Panel title={say.title} aside={<Twin of={say.title} asTable={flow === 'table'} onShow={show} />}>
      <Loaded of={{ ...balances, data: today === undefined ? undefined : balances.data }} waiting={say.loading} skeleton={<FlowSkeleton />}>
        {(data) =>
          data.packs.length === 0 || data.buckets.length === 0 ? (
            <Text c="dimmed">{words.burn.buckets.empty}</Text>
          ) : (
            <Flows balances={data} to={today ?? ''} asTable={flow === 'table'} />
          )
        }
      </Loaded>
    </Panel>
  );
}

type FlowsProps = { balances: Balances; to: string; asTable: boolean };

function Flows({ balances, to, asTable }: FlowsProps) {
  const shown = balances.buckets.toSorted((one, other) => other.allocated - one.allocated).slice(0, BUCKETS_MAX);
  // All there was: what is spent of a bucket is of every pack that was put into it.
  const from = balances.packs.map(({ starts }) => starts).sort()[0] ?? to;
  const spent = useSpent(shown.map(({ key }) => key), { from, to });
  const top = useQuery(spentOnQuery({ from, to }, PRODUCTS_MAX)).data;
  const flows = useMemo(
    () => (spent && top ? flowsOf(balances, spent, new Set(top.rows.map(({ key }) => key)), say) : undefined),
    [balances, spent, top],
  );
  if (!flows) return <FlowSkeleton />;
  return (
    <Stack gap="sm">
      <Text size="sm" c="dimmed">
        {[
          balances.text,
          say.ended,
          shown.length < balances.buckets.length && say.largest(counted(shown.length), counted(balances.buckets.length)),
        ]
          .filter(Boolean)
          .join(' ')}
      </Text>
      {asTable ? (
        <FlowTable flows={flows} />
      ) : (
        <Suspense fallback={<FlowSkeleton />}>
          <FlowChart flows={flows} />
        </Suspense>
      )}
    </Stack>
  );
}

/** What each bucket was spent on; nothing before all of them are known. */
function useSpent(buckets: string[], span: Span) {
  return useQueries({
    queries: buckets.map((bucket) => spentOnQuery(span, ROWS_MAX, bucket)),
    combine: (asked) => {
      const known = asked.flatMap(({ data }, place) => (data ? [{ bucket: buckets[place] ?? '', burn: data }] : []));
      return known.length === buckets.length ? known : undefined;
    },
  });
}

function FlowTable({ flows }: { flows: Flow[] }) {
  return (
    <PlainTable
      label={say.title}
      maxHeight={520}
      rows={flows}
      rowKey={(_, place) => place}
      columns={[
        { head: say.from, cell: ({ from }) => from.name },
        { head: say.to, cell: ({ to }) => to.name },
        { head: say.tokens, kind: 'number', cell: (flow) => tokens(flow.tokens) },
      ]}
    />
  );
}

const FlowSkeleton = () => <Skeleton height={420} aria-hidden="true" />;
