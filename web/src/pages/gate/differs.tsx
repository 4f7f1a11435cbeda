import { Stack, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { ChangedAnswer } from '../../api/types';
import { counted } from '../../format';
import { words } from '../../messages';
import { Badge } from '../../parts/badge';
import styles from '../../parts/page.module.css';
import { PlainTable } from '../../parts/plain-table';
import { Prose } from '../../parts/prose';

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
        <PlainTable
          label={label}
          maxHeight={420}
          rows={rows}
          rowKey={({ person, product, before, after }) => `${person} ${product} ${before} ${after}`}
          columns={[
            {
              head: columns.person,
              cell: ({ person }) => (
                <Link to="/people/$key" params={{ key: person }} className={styles.link}>
                  {person}
                </Link>
              ),
            },
            { head: columns.product, cell: ({ product }) => product },
            { head: columns.before, cell: ({ before }) => <Answer code={before} /> },
            { head: columns.after, cell: ({ after }) => <Answer code={after} /> },
            { head: columns.rule, cell: ({ rule }) => rule ?? words.table.none },
            { head: columns.times, kind: 'number', cell: ({ times }) => counted(times) },
          ]}
        />
      )}
    </Stack>
  );
}

/** A fare, or the code of a refusal. */
function Answer({ code }: { code: string }) {
  const fare = say.fares[code];
  return <Badge tone={fare ? 'good' : 'warn'}>{fare ?? code}</Badge>;
}
