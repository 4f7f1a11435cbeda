/** Buckets: the tree of the pool, one bucket with its statement, and who asks for tokens. One chunk. */
import { Button, Stack, Table, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { bucketsQuery } from '../../api/buckets';
import type { BucketNode } from '../../api/types';
import { day, tokens } from '../../format';
import { words } from '../../messages';
import { EmptyNote } from '../../parts/empty-note';
import { SearchIcon } from '../../parts/icons';
import { Loaded, SkeletonLines } from '../../parts/loaded';
import { PartsMeter } from '../../parts/meter';
import { PageHead } from '../../parts/page-head';
import styles from '../../parts/page.module.css';
import { Panel } from '../../parts/panel';
import { ScrollRegion } from '../../parts/scroll-region';
import { useRight } from '../../parts/use-right';
import { AddBucket } from './bucket-form';
import own from './buckets.module.css';
import { FlowPanel } from './flow-panel';
import { RequestsPanel } from './requests-panel';
import { inTreeOrder, type Placed } from './tree';

export { OneBucketPage } from './one-bucket';

const route = getRouteApi('/buckets');
const say = words.buckets;
const ASK_AFTER_MS = 250;

export function BucketsPage() {
  const { q, requests } = route.useSearch();
  const navigate = route.useNavigate();
  const seesBurn = useRight('read-burn');
  const mayAdd = useRight('run-faregate');
  const buckets = useInfiniteQuery(bucketsQuery(q));
  const rows = buckets.data?.pages.flatMap((page) => page.rows);
  const ask = useDebouncedCallback(
    (text: string) => void navigate({ search: (rest) => ({ ...rest, q: text.trim() || undefined }), resetScroll: false }),
    ASK_AFTER_MS,
  );
  return (
    <div className={styles.page}>
      <PageHead title={say.title} />
      <RequestsPanel
        stage={requests === 'all' ? 'all' : 'waiting'}
        onStage={(all) => void navigate({ search: (rest) => ({ ...rest, requests: all }), resetScroll: false })}
      />
      <Panel title={say.tree} busy={buckets.isPlaceholderData}>
        <Stack gap="md">
          <TextInput
            type="search"
            label={say.search}
            leftSection={<SearchIcon />}
            defaultValue={q}
            maxLength={100}
            maw="22rem"
            onChange={(event) => ask(event.currentTarget.value)}
            data-no-print
          />
          <Loaded of={{ ...buckets, data: rows }} waiting={say.loading} skeleton={<SkeletonLines lines={6} height={34} />}>
            {(found) =>
              found.length === 0 ? (
                <EmptyNote
                  first={!q}
                  title={q ? words.table.noMatch : say.emptyTitle}
                  detail={q ? words.table.noMatchDetail : words.burn.buckets.empty}
                />
              ) : (
                <Tree buckets={found} />
              )
            }
          </Loaded>
          {buckets.hasNextPage && (
            <Button variant="default" onClick={() => void buckets.fetchNextPage()} loading={buckets.isFetchingNextPage}>
              {words.burn.sessions.more}
            </Button>
          )}
          {mayAdd && <AddBucket />}
        </Stack>
      </Panel>
      {seesBurn && <FlowPanel />}
    </div>
  );
}

const COLUMNS = ['name', 'standing', 'available', 'held', 'spent', 'allocated', 'period'] as const;
const NUMBERS = ['available', 'held', 'spent', 'allocated'] as const;

function Tree({ buckets }: { buckets: BucketNode[] }) {
  return (
    <ScrollRegion label={say.tree}>
      <Table className={styles.table}>
        <Table.Thead>
          <Table.Tr>
            {COLUMNS.map((column) => (
              <Table.Th key={column} scope="col" className={isNumber(column) ? styles.number : undefined}>
                {say.columns[column]}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {inTreeOrder(buckets).map((placed) => (
            <Row key={placed.bucket.key} {...placed} />
          ))}
        </Table.Tbody>
      </Table>
    </ScrollRegion>
  );
}

function Row({ bucket, depth, above }: Placed) {
  const { key, name, period, available, held, spent, allocated } = bucket;
  return (
    <Table.Tr>
      <Table.Th scope="row" style={{ paddingInlineStart: `${depth * 1.5 + 0.625}rem` }}>
        <Link to="/buckets/$key" params={{ key }} className={styles.link}>
          {name}
        </Link>
        {above && <div className={styles.soft}>{say.below(above)}</div>}
      </Table.Th>
      <Table.Td className={own.meter}>
        <PartsMeter
          label={name}
          value={available}
          max={allocated}
          valueText={words.burn.buckets.row(tokens(available), tokens(allocated))}
          parts={[
            { kind: 'spent', amount: spent },
            { kind: 'held', amount: held },
            { kind: 'available', amount: available },
          ]}
        />
      </Table.Td>
      {NUMBERS.map((column) => (
        <Table.Td key={column} className={styles.number}>
          {tokens(bucket[column])}
        </Table.Td>
      ))}
      <Table.Td>{period ? say.period(day(period.from), day(period.until)) : words.table.none}</Table.Td>
    </Table.Tr>
  );
}

const isNumber = (column: string) => (NUMBERS as readonly string[]).includes(column);
