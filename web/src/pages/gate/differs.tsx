import { Stack, Table, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { ChangedAnswer } from '../../api/types';
import { counted } from '../../format';
import { words } from '../../messages';
import { Badge } from '../../parts/badge';
import styles from '../../parts/page.module.css';
import { Prose } from '../../parts/prose';
import { ScrollRegion } from '../../parts/scroll-region';

const say = words.gate.policies;

type Props = { label: string; text: string; rows: ChangedAnswer[] };

/** Whose answers would be others. */
export function Differs({ label, text, rows }: Props) {
  const { columns } = say;
  return (
    <Stack gap="sm">
      <Text role="status" fw={650}>
        <Prose>{text}</Prose>
      </Text>
      {rows.length > 0 && (
        <ScrollRegion label={label} maxHeight={420}>
          <Table className={styles.table} stickyHeader>
            <Table.Thead>
              <Table.Tr>
                <Table.Th scope="col">{columns.person}</Table.Th>
                <Table.Th scope="col">{columns.product}</Table.Th>
                <Table.Th scope="col">{columns.before}</Table.Th>
                <Table.Th scope="col">{columns.after}</Table.Th>
                <Table.Th scope="col">{columns.rule}</Table.Th>
                <Table.Th scope="col" className={styles.number}>
                  {columns.times}
                </Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {rows.map(({ person, product, before, after, times, rule }) => (
                <Table.Tr key={`${person} ${product} ${before} ${after}`}>
                  <Table.Th scope="row">
                    <Link to="/people/$key" params={{ key: person }} className={styles.link}>
                      {person}
                    </Link>
                  </Table.Th>
                  <Table.Td>{product}</Table.Td>
                  <Table.Td>
                    <Answer code={before} />
                  </Table.Td>
                  <Table.Td>
                    <Answer code={after} />
                  </Table.Td>
                  <Table.Td>{rule ?? words.table.none}</Table.Td>
                  <Table.Td className={styles.number}>{counted(times)}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </ScrollRegion>
      )}
    </Stack>
  );
}

/** A fare, or the code of a refusal. */
function Answer({ code }: { code: string }) {
  const fare = say.fares[code];
  return <Badge tone={fare ? 'good' : 'warn'}>{fare ?? code}</Badge>;
}
