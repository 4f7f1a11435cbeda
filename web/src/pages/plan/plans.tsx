import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useMemo, useRef, useState, type FormEvent } from 'react';
import { postFor } from '../../api/client';
import { newKey } from '../../api/orders';
import { plansQuery } from '../../api/plans';
import type { PlanHead } from '../../api/types';
import { counted, money } from '../../format';
import { words } from '../../messages';
import { Badge } from '../../parts/badge';
import { DataTable, type Column } from '../../parts/data-table/data-table';
import { Panel } from '../../parts/panel';
import { ProblemNotice } from '../../parts/problem-notice';
import { Said } from '../../parts/said';
import { useMoments } from '../../parts/use-moments';

const route = getRouteApi('/plan/plans');
const say = words.plan.plans;

export function Plans() {
  const plans = useInfiniteQuery(plansQuery);
  const when = useMoments();
  const columns = useMemo(() => columnsOf(when), [when]);
  return (
    <Stack gap="lg">
      <Panel title={say.title}>
        <DataTable
          name="plans"
          label={say.title}
          columns={columns}
          rowKey={({ id }) => id}
          of={plans}
          search={{}}
          onSearch={() => undefined}
          empty={say.empty}
        />
      </Panel>
      <DrawPlan />
    </Stack>
  );
}

function columnsOf(when: (instant: string) => string): Column<PlanHead>[] {
  return [
    {
      id: 'name',
      header: say.columns.name,
      width: 13,
      cell: ({ id, name }) => (
        <Link to="/plan/plans/$id" params={{ id }}>
          {name}
        </Link>
      ),
    },
    { id: 'status', header: say.columns.status, width: 8, cell: ({ status }) => <PlanStatus of={status} /> },
    { id: 'saving', header: say.columns.saving, width: 9, numeric: true, cell: ({ saving }) => money(saving) },
    {
      id: 'moves',
      header: say.columns.moves,
      width: 8,
      numeric: true,
      cell: ({ made, moves }) => say.made(counted(made), counted(moves)),
    },
    { id: 'drawn', header: say.columns.drawn, width: 12, cell: ({ drawn, by }) => say.drawn(when(drawn), by) },
  ];
}

const TONES: Record<string, 'good' | 'warn' | 'bad'> = { drawn: 'warn', approved: 'good', underway: 'good', rejected: 'bad' };

export function PlanStatus({ of }: { of: string }) {
  return <Badge tone={TONES[of]}>{say.statuses[of] ?? of}</Badge>;
}

/** Draws a plan from what is recommended today, and opens it. */
function DrawPlan() {
  const [name, setName] = useState('');
  const client = useQueryClient();
  const navigate = route.useNavigate();
  // The same plan that is sent once more after a failure is drawn once.
  const tried = useRef<{ name: string; key: string } | null>(null);
  const draw = useMutation({
    mutationFn: (called: string) => {
      if (tried.current?.name !== called) tried.current = { name: called, key: newKey() };
      return postFor('/v1/plans', { body: { name: called }, headers: { 'Idempotency-Key': tried.current.key } });
    },
    onSuccess: async ({ done }) => {
      tried.current = null;
      await client.invalidateQueries({ queryKey: plansQuery.queryKey });
      if (done.id) await navigate({ to: '/plan/plans/$id', params: { id: done.id } });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() !== '') draw.mutate(name.trim());
  };
  return (
    <Panel title={say.drawTitle}>
      <form onSubmit={submit}>
        <Stack gap="sm">
          <Text c="dimmed">{say.drawHelp}</Text>
          <Group gap="sm" align="end">
            <TextInput
              label={say.name}
              value={name}
              maxLength={100}
              onChange={(event) => setName(event.currentTarget.value)}
            />
            <Button type="submit" disabled={name.trim() === ''} loading={draw.isPending}>
              {say.draw}
            </Button>
            {name.trim() === '' && (
              <Text size="sm" c="dimmed">
                {say.noName}
              </Text>
            )}
          </Group>
          {draw.error && <ProblemNotice error={draw.error} />}
          <Said done={draw.data?.done} />
        </Stack>
      </form>
    </Panel>
  );
}
