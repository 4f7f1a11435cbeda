import { Button, Group, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { isForbidden } from '../../api/client';
import { policiesQuery } from '../../api/gate';
import { useOrder } from '../../api/orders';
import type { PolicySet } from '../../api/types';
import { words } from '../../messages';
import { Badge } from '../../parts/badge';
import { EmptyNote } from '../../parts/empty-note';
import { Loaded, SkeletonLines } from '../../parts/loaded';
import { Panel } from '../../parts/panel';
import { PlainTable } from '../../parts/plain-table';
import { ProblemNotice } from '../../parts/problem-notice';
import { Said } from '../../parts/said';
import { useRight } from '../../parts/use-right';
import { Withheld } from '../../parts/withheld';
import { PolicyEditor } from './policy-editor';

const route = getRouteApi('/gate/policies');
const say = words.gate.policies;

/** In the address it stands for a set that nobody has named yet; no set can be called so. */
const NEW = 'new set';

/** The sets of policies that the gate asks, and a place to write them. */
export function PoliciesPart() {
  const { set } = route.useSearch();
  const navigate = route.useNavigate();
  const policies = useQuery(policiesQuery);
  // Kept here, so that what came of it stays in sight when a new set has got its name.
  const adoption = useOrder();
  const open = (name: string | undefined) =>
    void navigate({ search: (rest) => ({ ...rest, set: name }), resetScroll: false });
  if (isForbidden(policies.error)) {
    return <Withheld title={say.title}>{say.withheld}</Withheld>;
  }
  const opened = policies.data?.rows.find(({ name }) => name === set);
  return (
    <Stack gap="lg">
      <Panel
        title={say.title}
        aside={
          <Button size="xs" onClick={() => open(NEW)} data-no-print>
            {say.add}
          </Button>
        }
      >
        <Loaded of={policies} waiting={say.loading} skeleton={<SkeletonLines lines={3} height={34} />}>
          {({ rows }) =>
            rows.length === 0 ? (
              <EmptyNote title={say.emptyTitle} detail={say.emptyDetail} />
            ) : (
              <Sets sets={rows} onOpen={open} />
            )
          }
        </Loaded>
      </Panel>
      {set && policies.data && (
        <PolicyEditor
          key={set}
          set={opened}
          taken={policies.data.rows.map(({ name }) => name)}
          onClose={() => open(undefined)}
          adoption={adoption}
          onAdopted={open}
        />
      )}
    </Stack>
  );
}

type SetsProps = { sets: PolicySet[]; onOpen: (name: string) => void };

function Sets({ sets, onOpen }: SetsProps) {
  const order = useOrder();
  const mayRetire = useRight('run-faregate');
  return (
    <Stack gap="sm">
      <PlainTable
        label={say.title}
        maxHeight={400}
        rows={sets}
        rowKey={({ name }) => name}
        columns={[
          { head: say.columns.name, cell: ({ name }) => name },
          {
            head: say.columns.mode,
            cell: ({ mode }) => <Badge tone={mode === 'enforce' ? 'good' : 'warn'}>{say.modes[mode]}</Badge>,
          },
          {
            head: say.columns.deeds,
            cell: ({ name }) => (
              <Group gap="xs" wrap="nowrap">
                <Button size="compact-sm" variant="default" aria-label={say.editNamed(name)} onClick={() => onOpen(name)}>
                  {say.edit}
                </Button>
                <Button
                  size="compact-sm"
                  variant="default"
                  aria-label={say.retireNamed(name)}
                  disabled={!mayRetire || order.isPending}
                  onClick={() => order.mutate({ order: 'retire-policy', name })}
                >
                  {say.retire}
                </Button>
              </Group>
            ),
          },
        ]}
      />
      {mayRetire === false && (
        <Text size="sm" c="dimmed">
          {say.noRight}
        </Text>
      )}
      {order.error && <ProblemNotice error={order.error} />}
      <Said done={order.data} />
    </Stack>
  );
}
