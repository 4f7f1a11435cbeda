import { Button, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { isForbidden } from '../../api/client';
import { useOrder } from '../../api/orders';
import { alertRulesQuery } from '../../api/queries';
import { words } from '../../messages';
import { EmptyNote } from '../../parts/empty-note';
import { Loaded, SkeletonLines } from '../../parts/loaded';
import { Panel } from '../../parts/panel';
import { ProblemNotice } from '../../parts/problem-notice';
import { Withheld } from '../../parts/withheld';
import { RulesEditor } from './rules-editor';
import { RulesTable } from './rules-table';
import { Said } from '../../parts/said';

const say = words.alerts.rules;

/** What is watched, and a place to write more of it. */
export function RulesPanel() {
  const rules = useQuery(alertRulesQuery);
  const [adding, setAdding] = useState(false);
  const order = useOrder();
  if (isForbidden(rules.error)) {
    return <Withheld title={say.title}>{say.withheld}</Withheld>;
  }
  const none = rules.data?.rows.length === 0;
  const add = rules.data && !none && !adding && (
    <Button size="xs" onClick={() => setAdding(true)}>
      {say.add}
    </Button>
  );
  return (
    <Stack gap="lg">
      <Panel title={say.title} aside={add}>
        <Loaded of={rules} waiting={say.loading} skeleton={<SkeletonLines lines={4} height={34} />}>
          {({ rows }) =>
            rows.length === 0 ? (
              <EmptyNote title={say.emptyTitle} detail={say.emptyDetail} />
            ) : (
              <Stack gap="sm">
                <RulesTable rules={rows} busy={order.isPending} onOrder={(given) => order.mutate(given)} />
                {order.error && <ProblemNotice error={order.error} />}
                <Said done={order.data} />
              </Stack>
            )
          }
        </Loaded>
      </Panel>
      {rules.data && (none || adding) && (
        <RulesEditor
          standard={rules.data.standard}
          prefilled={none}
          onClose={none ? undefined : () => setAdding(false)}
          onWatch={() => setAdding(true)}
        />
      )}
    </Stack>
  );
}
