import { Button, Group, Stack, Table, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { memo } from 'react';
import { openSessionsQuery } from '../../api/queries';
import type { Session } from '../../api/types';
import { counted, tokens } from '../../format';
import { words } from '../../messages';
import { EmptyNote } from '../../parts/empty-note';
import { Loaded, SkeletonLines } from '../../parts/loaded';
import styles from '../../parts/page.module.css';
import { Panel } from '../../parts/panel';
import { ScrollRegion } from '../../parts/scroll-region';
import { useMoments } from '../../parts/use-moments';
import { paidBy } from './paid-by';

const say = words.gate.now;
const { columns } = words.burn.sessions;

/** Who is through the gate: the latest first, and each with its reason. */
export function NowPanel({ onExplain }: { onExplain: (session: string) => void }) {
  const sessions = useInfiniteQuery(openSessionsQuery);
  const rows = sessions.data?.pages.flatMap((page) => page.rows);
  const open = sessions.data?.pages[0]?.open_now;
  return (
    <Panel title={say.title} aside={open !== undefined && <Text c="dimmed">{say.open(counted(open))}</Text>}>
      <Stack gap="md">
        <Loaded of={{ ...sessions, data: rows }} waiting={say.loading} skeleton={<SkeletonLines lines={4} />}>
          {(found) =>
            found.length === 0 ? (
              <EmptyNote title={words.burn.sessions.emptyTitle} detail={words.burn.sessions.emptyDetail} />
            ) : (
              <Sessions sessions={found} onExplain={onExplain} />
            )
          }
        </Loaded>
        {sessions.hasNextPage && (
          <Group>
            <Button
              variant="default"
              loading={sessions.isFetchingNextPage}
              onClick={() => void sessions.fetchNextPage()}
            >
              {words.burn.sessions.more}
            </Button>
          </Group>
        )}
      </Stack>
    </Panel>
  );
}

type SessionsProps = { sessions: Session[]; onExplain: (session: string) => void };

function Sessions({ sessions, onExplain }: SessionsProps) {
  const when = useMoments();
  return (
    <ScrollRegion label={say.title} maxHeight={480}>
      <Table className={styles.table} stickyHeader>
        <Table.Thead>
          <Table.Tr>
            {[columns.person, columns.product, columns.opened, columns.paid, columns.tokens, say.why].map((column) => (
              <Table.Th key={column} scope="col">
                {column}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {sessions.map((session) => (
            <Row key={session.id} session={session} when={when} onExplain={onExplain} />
          ))}
        </Table.Tbody>
      </Table>
    </ScrollRegion>
  );
}

type RowProps = { session: Session; when: (instant: string) => string; onExplain: (session: string) => void };

// Each commit asks for the sessions again; most of them are as they were.
const Row = memo(function Row({ session, when, onExplain }: RowProps) {
  const { id, person, person_name, product_name, opened_at, route, bucket_name, tokens: cost } = session;
  return (
    <Table.Tr>
      <Table.Th scope="row">
        <Link to="/people/$key" params={{ key: person }} className={styles.link}>
          {person_name || person}
        </Link>
      </Table.Th>
      <Table.Td>{product_name}</Table.Td>
      <Table.Td>{when(opened_at)}</Table.Td>
      <Table.Td>{paidBy(route, bucket_name)}</Table.Td>
      <Table.Td>{tokens(cost)}</Table.Td>
      <Table.Td>
        <Button
          size="compact-sm"
          variant="default"
          aria-label={say.explainNamed(person_name || person, product_name)}
          onClick={() => onExplain(id)}
        >
          {say.explain}
        </Button>
      </Table.Td>
    </Table.Tr>
  );
});
