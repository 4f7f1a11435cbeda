import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { useOrder } from '../../api/orders';
import { planQuery } from '../../api/plans';
import type { Order, PlanHead, PlanMove } from '../../api/types';
import { counted, day, money, roundShare } from '../../format';
import { words } from '../../messages';
import { Badge } from '../../parts/badge';
import { DataTable, type Column } from '../../parts/data-table/data-table';
import { Facts } from '../../parts/facts';
import { Loaded, SkeletonLines } from '../../parts/loaded';
import styles from '../../parts/page.module.css';
import { Panel } from '../../parts/panel';
import { ProblemNotice } from '../../parts/problem-notice';
import { Said } from '../../parts/said';
import { useMoments } from '../../parts/use-moments';
import { PlanStatus } from './plans';
import { Verification } from './verification';

const route = getRouteApi('/plan/plans/$id');
const say = words.plan.one;

/** One plan: what it promises, whether it may be carried out, its moves, and what came of them. */
export function OnePlan() {
  const { id } = route.useParams();
  const plan = useInfiniteQuery(planQuery(id));
  const order = useOrder();
  const head = plan.data?.pages[0]?.plan;
  const canStep = head?.status === 'approved' || head?.status === 'underway';
  const columns = useMemo(
    () => columnsOf(canStep && !order.isPending, (moves, step) => order.mutate({ order: 'step-plan', plan: id, moves, step })),
    [canStep, order.isPending, order.mutate, id],
  );
  return (
    <Stack gap="lg">
      <Link to="/plan/plans" className={styles.link}>
        {say.back}
      </Link>
      <Panel title={head?.name ?? id} aside={head && <PlanStatus of={head.status} />}>
        <Loaded of={{ ...plan, data: head }} waiting={say.loading} skeleton={<SkeletonLines lines={4} />}>
          {(data) => <Head plan={data} />}
        </Loaded>
      </Panel>
      <Panel title={say.moves}>
        <Stack gap="sm">
          {head && !canStep && <Text c="dimmed">{say.cannotStep}</Text>}
          {order.error && <ProblemNotice error={order.error} />}
          <Said done={order.data} />
          <DataTable
            name="plan-moves"
            label={say.moves}
            columns={columns}
            rowKey={({ number }) => String(number)}
            of={plan}
            search={{}}
            onSearch={() => undefined}
            height={3}
            empty={say.noMoves}
          />
        </Stack>
      </Panel>
      {head && head.made > 0 && <Verification plan={id} />}
    </Stack>
  );
}

function Head({ plan }: { plan: PlanHead }) {
  const when = useMoments();
  return (
    <Stack gap="md">
      <Facts
        facts={[
          [words.plan.plans.columns.saving, money(plan.saving)],
          [words.plan.plans.columns.moves, words.plan.plans.made(counted(plan.made), counted(plan.moves))],
          [words.plan.plans.columns.drawn, words.plan.plans.drawn(when(plan.drawn), plan.by)],
          ...(plan.judged_by && plan.judged
            ? ([[say.judged, words.plan.plans.drawn(when(plan.judged), plan.judged_by)]] as const)
            : []),
        ]}
      />
      <Text size="sm" c="dimmed">
        {plan.basis}. {words.plan.knownFrom(day(plan.known_from), day(plan.known_to))}
      </Text>
      {plan.why && <Text>{plan.why}</Text>}
      {plan.status === 'drawn' && <Judge plan={plan.id} />}
    </Stack>
  );
}

function Judge({ plan }: { plan: string }) {
  const [why, setWhy] = useState('');
  const order = useOrder();
  const judge = (approve: boolean) => order.mutate({ order: 'judge-plan', plan, approve, why: why.trim() });
  return (
    <Stack gap="sm">
      <Group gap="sm" align="end">
        <TextInput
          label={say.why}
          value={why}
          maxLength={500}
          onChange={(event) => setWhy(event.currentTarget.value)}
        />
        <Button disabled={order.isPending} onClick={() => judge(true)}>
          {say.approve}
        </Button>
        <Button variant="default" disabled={order.isPending} onClick={() => judge(false)}>
          {say.reject}
        </Button>
      </Group>
      <Text size="sm" c="dimmed">
        {say.notOwn}
      </Text>
      {order.error && <ProblemNotice error={order.error} />}
      <Said done={order.data} />
    </Stack>
  );
}

type StepOrder = Extract<Order, { order: 'step-plan' }>;
type OnStep = (moves: number[], step: StepOrder['step']) => void;

function columnsOf(canStep: boolean, onStep: OnStep): Column<PlanMove>[] {
  return [
    {
      id: 'person',
      header: say.columns.person,
      width: 10,
      cell: ({ person, name }) => (
        <Link to="/people/$key" params={{ key: person }}>
          {name}
        </Link>
      ),
    },
    {
      id: 'kind',
      header: say.columns.kind,
      width: 11,
      cell: ({ kind, offering, seat }) => (say.kinds[kind] ?? say.kinds.other)!(offering, seat == null ? '' : counted(seat)),
    },
    { id: 'saving', header: say.columns.saving, width: 8, numeric: true, cell: ({ saving }) => money(saving) },
    { id: 'why', header: say.columns.why, width: 20, cell: ({ why }) => why },
    {
      id: 'odds',
      header: say.columns.odds,
      width: 6,
      numeric: true,
      cell: ({ p_saves }) => (p_saves == null ? words.table.none : roundShare(p_saves)),
    },
    { id: 'step', header: say.columns.step, width: 15, cell: (move) => <Step move={move} canStep={canStep} onStep={onStep} /> },
  ];
}

type StepProps = { move: PlanMove; canStep: boolean; onStep: OnStep };

function Step({ move: { number, name, step }, canStep, onStep }: StepProps) {
  const button = (to: StepOrder['step']) => (
    <Button
      key={to}
      size="compact-xs"
      variant="default"
      disabled={!canStep}
      aria-label={say.stepNamed(say.steps[to], name)}
      onClick={() => onStep([number], to)}
    >
      {say.steps[to]}
    </Button>
  );
  const isOpen = step == null || step === 'undone';
  return (
    <Group gap={6} wrap="nowrap">
      {isOpen ? [button('done'), button('dropped')] : [<Badge key="is">{say.stepped[step] ?? step}</Badge>, button('undone')]}
    </Group>
  );
}
