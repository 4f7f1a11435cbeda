import { Stack, Table, Text, Title } from '@mantine/core';
import type { TriedRule } from '../../api/types';
import { counted } from '../../format';
import { words } from '../../messages';
import { Prose } from '../../parts/prose';
import { ScrollRegion } from '../../parts/scroll-region';
import styles from './tried.module.css';
import table from './table.module.css';
import { useMoments } from '../../parts/use-moments';

const say = words.alerts.rules;

/** What each rule would have said in the last year, and when. */
export function Tried({ rules }: { rules: TriedRule[] }) {
  return (
    <Stack gap="sm">
      <Title order={3} size="h5">
        {say.tried}
      </Title>
      <ul className={styles.rules}>
        {rules.map((rule) => (
          <li key={rule.key} className={styles.rule}>
            <Text fw={600}>{rule.name}</Text>
            <Text size="sm" c="dimmed">
              {rule.watches}
            </Text>
            <Text size="sm">
              <Prose>{rule.said}</Prose>
            </Text>
            {rule.firings.length > 0 && <Firings rule={rule} />}
          </li>
        ))}
      </ul>
    </Stack>
  );
}

function Firings({ rule: { name, firings } }: { rule: TriedRule }) {
  const when = useMoments();
  return (
    <details className={styles.dates}>
      <summary>{say.dates(firings.length, counted(firings.length))}</summary>
      <ScrollRegion label={say.datesOf(name)} maxHeight={280}>
        <Table className={table.table}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">{say.triedColumns.at}</Table.Th>
              <Table.Th scope="col">{say.triedColumns.until}</Table.Th>
              <Table.Th scope="col">{say.triedColumns.about}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {firings.map(({ subject, subject_name, at, until }) => (
              <Table.Tr key={`${subject} ${at}`}>
                <Table.Td>{when(at)}</Table.Td>
                <Table.Td>{until ? when(until) : say.stillOn}</Table.Td>
                <Table.Td>{subject_name}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </ScrollRegion>
    </details>
  );
}
