import { Button, Group, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { postFor } from '../../api/client';
import type { PolicySimulation } from '../../api/types';
import { counted, day, money, tokens } from '../../format';
import { words } from '../../messages';
import { DayField } from '../../parts/day-field';
import { Facts } from '../../parts/facts';
import { Panel } from '../../parts/panel';
import { ProblemNotice } from '../../parts/problem-notice';
import { Differs } from './differs';

const route = getRouteApi('/gate/policies');
const say = words.gate.policies.simulate;

type Props = { sets: { name: string; text: string }[]; why: string | undefined };

/** A past period, decided again under the policies as they are written now. */
export function SimulatePolicy({ sets, why }: Props) {
  const { from, to } = route.useSearch();
  const navigate = route.useNavigate();
  const asked = JSON.stringify({ sets, from, to });
  const trial = useMutation({
    mutationFn: async (body: string) => ({
      of: body,
      found: await postFor('/v1/policies/simulate', { body: JSON.parse(body) as object }),
    }),
  });
  const choose = (changed: { from?: string; to?: string }) =>
    void navigate({ search: (rest) => ({ ...rest, ...changed }), replace: true, resetScroll: false });
  // What was said of another text, or of other days, holds no longer.
  const found = trial.data?.of === asked ? trial.data.found : undefined;
  return (
    <Panel title={say.title}>
      <Stack gap="md">
        <Text c="dimmed">{say.help}</Text>
        <Group gap="sm" align="end" data-no-print>
          <DayField label={say.from} value={from} onChange={(value) => choose({ from: value })} />
          <DayField label={say.to} value={to} onChange={(value) => choose({ to: value })} />
          <Button variant="default" disabled={why !== undefined} loading={trial.isPending} onClick={() => trial.mutate(asked)}>
            {say.run}
          </Button>
          {why && (
            <Text size="sm" c="dimmed">
              {why}
            </Text>
          )}
        </Group>
        {trial.error && <ProblemNotice error={trial.error} />}
        {found && <Simulated found={found} />}
      </Stack>
    </Panel>
  );
}

function Simulated({ found }: { found: PolicySimulation }) {
  const { from, to, cut, asks, changed, tokens_before, tokens_after, tokens_charged, basis } = found;
  return (
    <Stack gap="md">
      <Facts
        facts={[
          [say.period, say.span(day(from), day(to))],
          [say.asks, counted(asks)],
          [say.changed, counted(changed)],
          [say.before, tokens(tokens_before)],
          [say.after, tokens(tokens_after)],
          [say.charged, tokens(tokens_charged)],
          ...(found.money ? ([[say.worth, money(found.money)]] as const) : []),
        ]}
      />
      {cut && <Text>{say.cut(day(to))}</Text>}
      <Differs label={say.title} text={found.text} rows={found.rows} />
      <Text size="sm" c="dimmed">
        {basis}
      </Text>
    </Stack>
  );
}
