import { Button, Group, Stack, Table, Text, TextInput } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { statementQuery } from '../../api/buckets';
import type { Statement, StatementLine } from '../../api/types';
import { day, tokens } from '../../format';
import { words } from '../../messages';
import { Loaded, SkeletonLines } from '../../parts/loaded';
import styles from '../../parts/page.module.css';
import { Panel } from '../../parts/panel';
import { Prose } from '../../parts/prose';
import { ScrollRegion } from '../../parts/scroll-region';
import own from './buckets.module.css';

const route = getRouteApi('/buckets/$key');
const say = words.buckets.statement;

/** What was booked between two days, from the opening to the closing balance. */
export function StatementPanel({ bucket }: { bucket: string }) {
  const { from, to } = route.useSearch();
  const statement = useInfiniteQuery(statementQuery(bucket, { from, to }));
  const first = statement.data?.pages[0];
  const lines = statement.data?.pages.flatMap((page) => page.lines) ?? [];
  return (
    <Panel title={say.title} busy={statement.isPlaceholderData}>
      <Stack gap="md">
        <Span from={from ?? first?.from} to={to ?? first?.to} />
        <Loaded of={{ ...statement, data: first }} waiting={say.loading} skeleton={<SkeletonLines lines={5} />}>
          {(head) => <Lines head={head} lines={lines} isWhole={!statement.hasNextPage} />}
        </Loaded>
        {statement.hasNextPage && (
          <Group>
            <Button
              variant="default"
              loading={statement.isFetchingNextPage}
              onClick={() => void statement.fetchNextPage()}
            >
              {words.burn.sessions.more}
            </Button>
          </Group>
        )}
      </Stack>
    </Panel>
  );
}

function Span({ from, to }: { from: string | undefined; to: string | undefined }) {
  const navigate = route.useNavigate();
  const show = (span: { from?: string; to?: string }) =>
    void navigate({ search: (rest) => ({ ...rest, from, to, ...span }), resetScroll: false });
  return (
    <Group gap="sm">
      <TextInput
        type="date"
        label={words.burn.range.from}
        value={from ?? ''}
        max={to}
        onChange={(event) => event.currentTarget.value && show({ from: event.currentTarget.value })}
      />
      <TextInput
        type="date"
        label={words.burn.range.to}
        value={to ?? ''}
        min={from}
        onChange={(event) => event.currentTarget.value && show({ to: event.currentTarget.value })}
      />
    </Group>
  );
}

type LinesProps = { head: Statement; lines: StatementLine[]; isWhole: boolean };

function Lines({ head: { from, to, opening, closing, adds_up }, lines, isWhole }: LinesProps) {
  return (
    <>
      {!adds_up && <Text c="var(--bad-ink)">{say.doesNotAddUp}</Text>}
      <ScrollRegion label={say.title}>
        <Table className={styles.table}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">{say.columns.date}</Table.Th>
              <Table.Th scope="col">{say.columns.what}</Table.Th>
              <Table.Th scope="col">{say.columns.by}</Table.Th>
              <Table.Th scope="col" className={styles.number}>
                {say.columns.tokens}
              </Table.Th>
              <Table.Th scope="col" className={styles.number}>
                {say.columns.balance}
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            <Total date={from} name={say.opening} total={opening.total} />
            {lines.map((line, place) => (
              <Line key={place} line={line} />
            ))}
            {isWhole && <Total date={to} name={say.closing} total={closing.total} />}
          </Table.Tbody>
        </Table>
      </ScrollRegion>
    </>
  );
}

function Line({ line: { date, words: what, by, tokens: came, balance } }: { line: StatementLine }) {
  return (
    <Table.Tr>
      <Table.Td>{day(date)}</Table.Td>
      <Table.Td className={styles.words}>
        <Prose>{what}</Prose>
      </Table.Td>
      <Table.Td>{by ?? words.table.none}</Table.Td>
      <Table.Td className={styles.number}>
        <span className={came < 0 ? own.negative : undefined}>{tokens(came)}</span>
      </Table.Td>
      <Table.Td className={styles.number}>{tokens(balance)}</Table.Td>
    </Table.Tr>
  );
}

function Total({ date, name, total }: { date: string; name: string; total: number }) {
  return (
    <Table.Tr>
      <Table.Td>{day(date)}</Table.Td>
      <Table.Th scope="row">{name}</Table.Th>
      <Table.Td />
      <Table.Td />
      <Table.Td className={styles.number}>{tokens(total)}</Table.Td>
    </Table.Tr>
  );
}
