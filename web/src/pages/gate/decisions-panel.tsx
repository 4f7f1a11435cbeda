import { Button, Group, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useMemo, useState, type UIEvent } from 'react';
import { isForbidden } from '../../api/client';
import { productsQuery, refusalsQuery, type DecisionsAsked } from '../../api/gate';
import type { DecisionRow } from '../../api/types';
import { counted, tokens } from '../../format';
import { words } from '../../messages';
import { Badge } from '../../parts/badge';
import { DataTable, type Column, type Filter, type TableSearch } from '../../parts/data-table/data-table';
import { asAddress } from '../../parts/data-table/search';
import { DayField } from '../../parts/day-field';
import { Panel } from '../../parts/panel';
import { useMoments } from '../../parts/use-moments';
import { Withheld } from '../../parts/withheld';
import { paidBy } from './paid-by';
import { useDecisions } from './use-decisions';

const route = getRouteApi('/gate/');
const say = words.gate.decisions;

/** What the gate decides, as it happens: it can be held still, and does so by itself while somebody reads in it. */
export function DecisionsPanel() {
  const { decision, ...asked } = route.useSearch();
  const navigate = route.useNavigate();
  const [isHeld, setHeld] = useState(false);
  const { list, waiting, hasGap, renew } = useDecisions(asked, isHeld);
  const when = useMoments();
  const columns = useMemo(() => columnsOf(when), [when]);
  const filters = useFilters(asked);
  const ask = (changed: TableSearch) =>
    void navigate({ search: { decision, ...asAddress(changed) }, resetScroll: false });
  const onScroll = (event: UIEvent) => {
    if (event.target instanceof HTMLElement && event.target.scrollTop > 0) setHeld(true);
  };
  if (isForbidden(list.error)) return <Withheld title={say.title}>{say.withheld}</Withheld>;
  return (
    <Panel title={say.title} busy={list.isPlaceholderData} aside={<Follow isHeld={isHeld} waiting={waiting} onHold={setHeld} />}>
      <Stack gap="md">
        <Group gap="sm" grow maw="22rem" data-no-print>
          <DayField label={say.from} value={asked.from} onChange={(from) => ask({ ...asked, from })} />
          <DayField label={say.to} value={asked.to} onChange={(to) => ask({ ...asked, to })} />
        </Group>
        {hasGap && (
          <Group gap="sm" role="status" data-no-print>
            <Text size="sm">{say.gap}</Text>
            <Button size="xs" variant="default" onClick={renew}>
              {say.renew}
            </Button>
          </Group>
        )}
        {/* What moves under the reader's eyes or keys cannot be read. */}
        <div onScrollCapture={onScroll} onFocusCapture={(event) => isRow(event.target) && setHeld(true)}>
          <DataTable
            name="decisions"
            label={say.title}
            columns={columns}
            rowKey={(row) => String(row.decision)}
            of={list}
            search={asked}
            onSearch={ask}
            filters={filters}
            exported={{ path: '/v1/decisions', query: asked }}
            empty={say.empty}
          />
        </div>
      </Stack>
    </Panel>
  );
}

const isRow = (target: EventTarget) => target instanceof HTMLElement && target.closest('[data-place]') !== null;

type FollowProps = { isHeld: boolean; waiting: number; onHold: (isHeld: boolean) => void };

function Follow({ isHeld, waiting, onHold }: FollowProps) {
  return (
    <Group gap="sm" data-no-print>
      <Text size="sm" c="dimmed">
        {isHeld ? say.held(waiting, counted(waiting)) : say.following}
      </Text>
      <Button size="xs" variant={isHeld ? 'filled' : 'default'} onClick={() => onHold(!isHeld)}>
        {isHeld ? say.follow : say.hold}
      </Button>
    </Group>
  );
}

function useFilters({ person }: DecisionsAsked): Filter[] {
  const refusals = useQuery(refusalsQuery).data?.rows ?? [];
  const products = useQuery(productsQuery).data?.rows ?? [];
  return [
    { key: 'outcome', label: say.outcome, options: [['allowed', say.outcomes.allowed], ['refused', say.outcomes.refused]] },
    { key: 'reason', label: say.reason, options: refusals.map(({ code }) => [code, code]) },
    { key: 'product', label: say.columns.product, options: products.map(({ key, name }) => [key, name]) },
    // One comes here from somebody's page; who else there is, nobody would find in a list.
    ...(person ? [{ key: 'person', label: say.columns.person, options: [[person, person]] } satisfies Filter] : []),
  ];
}

function columnsOf(when: (instant: string) => string): Column<DecisionRow>[] {
  const { columns } = say;
  return [
    {
      id: 'at',
      header: columns.at,
      width: 8,
      cell: ({ decision, at, product, product_name, person_name, asked_as }) => (
        <Link
          to="/gate"
          search={(rest) => ({ ...rest, decision: String(decision) })}
          resetScroll={false}
          aria-label={say.explainNamed(when(at), product_name ?? product, person_name ?? asked_as)}
        >
          {when(at)}
        </Link>
      ),
    },
    { id: 'outcome', header: columns.outcome, width: 9.5, cell: outcomeOf },
    { id: 'person', header: columns.person, width: 11, cell: ({ person_name, asked_as }) => person_name ?? asked_as },
    { id: 'product', header: columns.product, width: 10, cell: ({ product_name, product }) => product_name ?? product },
    { id: 'why', header: columns.why, width: 15, cell: whyOf },
    {
      id: 'tokens',
      header: columns.tokens,
      width: 5.5,
      numeric: true,
      cell: ({ route: way, tokens: cost }) => (way === 'tokens' ? tokens(cost) : words.table.none),
    },
    { id: 'host', header: columns.host, width: 10, cell: ({ host }) => host },
  ];
}

function outcomeOf({ outcome, breach }: DecisionRow) {
  if (outcome === 'refused') return <Badge tone="bad">{say.outcomes.refused}</Badge>;
  return <Badge tone={breach ? 'warn' : 'good'}>{say.outcomes.allowed}</Badge>;
}

/** What paid, or what stood in the way. */
function whyOf({ route: way, bucket_name, code, detail, rule, breach }: DecisionRow): string {
  const paid = paidBy(way, bucket_name);
  const said = code ? (detail ?? code) : breach ? say.outside(paid) : paid;
  return rule ? say.because(said, rule) : said;
}
