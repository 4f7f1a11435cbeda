import { Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { verificationQuery } from '../../api/plans';
import type { PlanVerification } from '../../api/types';
import { counted, money } from '../../format';
import { words } from '../../messages';
import { Facts } from '../../parts/facts';
import { Loaded, SkeletonLines } from '../../parts/loaded';
import { Panel } from '../../parts/panel';
import { PlainTable } from '../../parts/plain-table';
import { useMoments } from '../../parts/use-moments';

const say = words.plan.verified;

/** What was saved, held against what was promised. */
export function Verification({ plan }: { plan: string }) {
  const verification = useQuery(verificationQuery(plan));
  return (
    <Panel title={say.title}>
      <Loaded of={verification} waiting={say.loading} skeleton={<SkeletonLines lines={3} />}>
        {(data) => <Verified data={data} />}
      </Loaded>
    </Panel>
  );
}

function Verified({ data: { promised, saved, rows } }: { data: PlanVerification }) {
  const when = useMoments();
  const { columns } = say;
  return (
    <Stack gap="md">
      <Facts
        facts={[
          [say.promised, money(promised)],
          [say.saved, money(saved)],
        ]}
      />
      {rows.some((row) => row.is_early) && <Text c="dimmed">{say.early}</Text>}
      <PlainTable
        label={say.title}
        maxHeight={480}
        rows={rows}
        rowKey={({ number }) => number}
        columns={[
          { head: columns.person, cell: ({ person }) => person },
          { head: columns.since, cell: ({ since }) => when(since) },
          { head: columns.days, cell: ({ days }) => counted(days) },
          { head: columns.promised, cell: ({ promised }) => money(promised) },
          { head: columns.saved, cell: ({ saved }) => money(saved) },
        ]}
      />
    </Stack>
  );
}
