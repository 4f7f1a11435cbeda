import { Badge, Group, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { balancesQuery } from '../../api/queries';
import type { Pack } from '../../api/types';
import { daysBetween } from '../../days';
import { day, inDays, tokens } from '../../format';
import { words } from '../../messages';
import { Loaded, SkeletonLines } from '../../parts/loaded';
import { Meter } from '../../parts/meter';
import { Panel } from '../../parts/panel';
import styles from './balances.module.css';

const say = words.burn.packs;

/** The statement warns of an expiry this long before it. */
const WARN_DAYS = 90;

/** What was bought, when the rest of it is lost, and where there is nothing, the way to enter it. */
export function PacksPanel({ today, way }: { today: string; way?: ReactNode }) {
  const balances = useQuery(balancesQuery);
  return (
    <Panel title={say.title}>
      <Loaded of={balances} waiting={say.loading} skeleton={<SkeletonLines lines={3} height={34} />}>
        {({ packs }) =>
          packs.length === 0 ? (
            <Stack gap="xs" align="flex-start">
              <Text c="dimmed">{say.empty}</Text>
              {way}
            </Stack>
          ) : (
            <Stack gap="lg" component="ul" className={styles.list}>
              {packs.map((pack) => (
                <PackRow key={pack.id} pack={pack} today={today} />
              ))}
            </Stack>
          )
        }
      </Loaded>
    </Panel>
  );
}

function PackRow({ pack, today }: { pack: Pack; today: string }) {
  const remaining = say.remaining(tokens(pack.remaining), tokens(pack.bought));
  const over = pack.ends < today;
  const soon = !over && pack.remaining > 0 && daysUntil(pack.ends, today) <= WARN_DAYS;
  return (
    <li>
      <Group justify="space-between" gap="xs" mb={6}>
        <Group gap="xs">
          <Text fw={600}>{pack.name}</Text>
          {soon && <Badge className={styles.warn}>{say.soon}</Badge>}
          {over && <Badge className={styles.muted}>{say.over}</Badge>}
        </Group>
        <Text size="sm">{remaining}</Text>
      </Group>
      <Meter label={say.meter(pack.name)} value={pack.remaining} max={pack.bought} valueText={remaining} />
      <div className={styles.key}>
        <span>{expiry(pack, today)}</span>
      </div>
    </li>
  );
}

function expiry(pack: Pack, today: string): string {
  if (pack.ends < today) return say.expired(day(pack.ends));
  if (pack.starts > today) return say.starts(day(pack.starts));
  return say.expires(day(pack.ends), inDays(daysUntil(pack.ends, today)));
}

function daysUntil(end: string, today: string): number {
  return daysBetween(today, end) - 1;
}
