import { Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { unchargedQuery } from '../../api/taken-in';
import type { Uncharged } from '../../api/types';
import { counted } from '../../format';
import { words } from '../../messages';
import { Loaded, SkeletonLines } from '../../parts/loaded';
import { Panel } from '../../parts/panel';
import { PlainTable } from '../../parts/plain-table';
import { Prose } from '../../parts/prose';
import { useMoments } from '../../parts/use-moments';

const say = words.imports.uncharged;

/** Use that is kept and not charged: of what, why, and what helps. */
export function UnchargedPanel() {
  const uncharged = useQuery(unchargedQuery);
  return (
    <Panel title={say.title} busy={uncharged.isFetching} id="uncharged">
      <Loaded of={uncharged} waiting={say.loading} skeleton={<SkeletonLines lines={4} />}>
        {({ rows, sessions }) =>
          rows.length === 0 ? <Text c="dimmed">{say.none}</Text> : <Kept rows={rows} sessions={sessions} />
        }
      </Loaded>
    </Panel>
  );
}

function Kept({ rows, sessions }: { rows: Uncharged[]; sessions: number }) {
  const when = useMoments();
  const { columns } = say;
  const whys = [...new Map(rows.map(({ why, help }) => [why, help]))];
  return (
    <Stack gap="md">
      <Text>{say.detail(sessions, counted(sessions))}</Text>
      <PlainTable
        label={say.title}
        maxHeight={480}
        rows={rows}
        rowKey={({ key, why }) => `${why} ${key}`}
        columns={[
          { head: columns.name, cell: ({ name }) => name },
          { head: columns.why, cell: ({ why }) => say.whys[why] ?? why },
          { head: columns.sessions, kind: 'number', cell: (row) => counted(row.sessions) },
          { head: columns.first, cell: ({ first }) => when(first) },
          { head: columns.last, cell: ({ last }) => when(last) },
        ]}
      />
      <div>
        <Text fw={650}>{say.helps}</Text>
        <ul>
          {whys.map(([why, help]) => (
            <li key={why}>
              {say.whys[why] ?? why}: <Prose>{say.help[why] ?? help}</Prose>
            </li>
          ))}
        </ul>
      </div>
    </Stack>
  );
}
