import { Button, Group, NativeSelect, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import type { Ordering } from '../../api/orders';
import type { PolicyCheck, PolicyDiff, PolicySet } from '../../api/types';
import { counted } from '../../format';
import { words } from '../../messages';
import { Panel } from '../../parts/panel';
import { ProblemNotice } from '../../parts/problem-notice';
import { Prose } from '../../parts/prose';
import { Said } from '../../parts/said';
import { useRight } from '../../parts/use-right';
import { shutsOut } from './checked';
import own from './policies.module.css';

const say = words.gate.policies;

type Props = {
  set: { name: string; text: string };
  isNew: boolean;
  check: PolicyCheck | undefined;
  diff: PolicyDiff | undefined;
  adoption: Ordering;
  onAdopted: (name: string) => void;
};

/** Lets the text hold, once its author has seen what that changes. */
export function AdoptPolicy({ set, isNew, check, diff, adoption: order, onAdopted }: Props) {
  const [mode, setMode] = useState<PolicySet['mode']>('monitor');
  const mayAdopt = useRight('run-faregate');
  const why = mayAdopt === false ? say.noRight : !check || !diff ? say.lookFirst : check.valid ? undefined : say.notValid;
  return (
    <Panel title={say.adoptTitle}>
      <Stack gap="md">
        {check?.valid && diff && (
          <div className={own.summary}>
            <Text>{say.holds(set.name, say.modes[mode], isNew ? say.beside : say.instead)}</Text>
            <Text>
              <Prose>{diff.text}</Prose>
            </Text>
            {shutsOut(check.warnings) && <Text fw={650}>{say.shutsOut}</Text>}
            {check.warnings.length > 0 && <Text>{say.warned(check.warnings.length, counted(check.warnings.length))}</Text>}
          </div>
        )}
        <Group gap="sm" align="end" data-no-print>
          <NativeSelect
            label={say.columns.mode}
            value={mode}
            data={(['monitor', 'enforce'] as const).map((value) => ({ value, label: say.modes[value] }))}
            onChange={(event) => setMode(event.currentTarget.value as PolicySet['mode'])}
          />
          <Button
            disabled={why !== undefined}
            loading={order.isPending}
            onClick={() =>
              order.mutate({ order: 'adopt-policy', ...set, mode }, { onSuccess: () => onAdopted(set.name) })
            }
          >
            {say.adopt}
          </Button>
          {why && (
            <Text size="sm" c="dimmed">
              {why}
            </Text>
          )}
        </Group>
        <Text size="sm" c="dimmed">
          {mode === 'monitor' ? say.monitorHelp : say.enforceHelp}
        </Text>
        {order.error && <ProblemNotice error={order.error} />}
        <Said done={order.data} />
      </Stack>
    </Panel>
  );
}
