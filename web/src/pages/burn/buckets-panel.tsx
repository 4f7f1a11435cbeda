import { Group, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { balancesQuery } from '../../api/queries';
import type { Bucket } from '../../api/types';
import { tokens } from '../../format';
import { words } from '../../messages';
import { Loaded, SkeletonLines } from '../../parts/loaded';
import { PartsMeter, type Part } from '../../parts/meter';
import { Panel } from '../../parts/panel';
import styles from './balances.module.css';

const say = words.burn.buckets;

/** The allocations of the pool: what each got, spent, holds and has left. */
export function BucketsPanel() {
  const balances = useQuery(balancesQuery);
  const aside = balances.data && (
    <Text size="sm" c="dimmed">
      {say.unallocated(tokens(balances.data.unallocated))}
    </Text>
  );
  return (
    <Panel title={say.title} aside={aside}>
      <Loaded of={balances} waiting={say.loading} skeleton={<SkeletonLines lines={4} height={34} />}>
        {({ buckets }) =>
          buckets.length === 0 ? (
            <Text c="dimmed">{say.empty}</Text>
          ) : (
            <Stack gap="lg" component="ul" className={styles.list}>
              {buckets.map((bucket) => (
                <BucketRow key={bucket.key} bucket={bucket} />
              ))}
            </Stack>
          )
        }
      </Loaded>
    </Panel>
  );
}

function BucketRow({ bucket }: { bucket: Bucket }) {
  const { allocated, spent, held, available, uncovered } = bucket;
  const parts: Part[] = [
    { kind: 'spent', amount: spent },
    { kind: 'held', amount: held },
    { kind: 'available', amount: available },
  ];
  const availableText = say.row(tokens(available), tokens(allocated));
  return (
    <li>
      <Group justify="space-between" gap="xs" mb={6}>
        <Text fw={600}>{bucket.name}</Text>
        <Text size="sm" c={available < 0 ? 'var(--warn-ink)' : undefined} fw={available < 0 ? 650 : undefined}>
          {availableText}
        </Text>
      </Group>
      <PartsMeter label={bucket.name} value={available} max={allocated} valueText={availableText} parts={parts} />
      <div className={styles.key}>
        <span data-kind="spent">
          {tokens(spent)} {say.spent}
        </span>
        <span data-kind="held">
          {tokens(held)} {say.held}
        </span>
        <span data-kind={available < 0 ? 'none' : 'available'}>
          {available < 0 ? say.overdrawn : `${tokens(available)} ${say.available}`}
        </span>
        {uncovered > 0 && (
          <span data-kind="none">
            {tokens(uncovered)} {say.uncovered}
          </span>
        )}
      </div>
    </li>
  );
}
