import { Stack, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { verificationQuery } from '../../api/plans';
import type { PlanVerification } from '../../api/types';
import { counted, day, money } from '../../format';
import { words } from '../../messages';
import { Facts } from '../../parts/facts';
import { Loaded, SkeletonLines } from '../../parts/loaded';
import styles from '../../parts/page.module.css';
import { Panel } from '../../parts/panel';
import { ScrollRegion } from '../../parts/scroll-region';

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
  return (
    <Stack gap="md">
      <Facts
        facts={[
          [say.promised, money(promised)],
          [say.saved, money(saved)],
        ]}
      />
      {rows.some((row) => row.is_early) && <Text c="dimmed">{say.early}</Text>}
      <ScrollRegion label={say.title} maxHeight={480}>
        <Table className={styles.table}>
          <Table.Thead>
            <Table.Tr>
              {[say.columns.person, say.columns.since, say.columns.days, say.columns.promised, say.columns.saved].map(
                (column) => (
                  <Table.Th key={column} scope="col">
                    {column}
                  </Table.Th>
                ),
              )}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map((row) => (
              <Table.Tr key={row.number}>
                <Table.Th scope="row">{row.person}</Table.Th>
                <Table.Td>{day(row.since.slice(0, 10))}</Table.Td>
                <Table.Td>{counted(row.days)}</Table.Td>
                <Table.Td>{money(row.promised)}</Table.Td>
                <Table.Td>{money(row.saved)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </ScrollRegion>
    </Stack>
  );
}
