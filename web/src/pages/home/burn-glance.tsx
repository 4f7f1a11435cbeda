import { Group, Skeleton, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Suspense } from 'react';
import { burnQuery, dailyBurnQuery, RANGE_DAYS_MAX, summaryQuery, type Span } from '../../api/queries';
import { dayOf } from '../../format';
import { words } from '../../messages';
import { early } from '../../parts/early';
import { Loaded } from '../../parts/loaded';
import styles from '../../parts/page.module.css';
import { Panel } from '../../parts/panel';
import { DailyEmpty } from '../burn/daily-empty';
import { Legend } from '../burn/legend';
import { resolveRange } from '../burn/search';

const [DailyChart, useDailyChart] = early(() => import('../burn/daily-chart'));

const say = words.home;

/** Burn by day against the plan, of the last four weeks; Burn has other days, and the table. */
export function BurnGlance() {
  useDailyChart();
  const summary = useQuery(summaryQuery).data;
  if (!summary) return null;
  const { from, to } = resolveRange({}, dayOf(summary.as_of, summary.contract.zone));
  return (
    <Panel
      title={say.burn}
      aside={
        <Group gap="md">
          <Link to="/burn" search={{ view: 'table' }} className={styles.link}>
            {say.burnTable}
          </Link>
          <Link to="/burn" className={styles.link}>
            {say.toBurn}
          </Link>
        </Group>
      }
    >
      <Days span={{ from, to }} usage={summary.usage ?? null} />
    </Panel>
  );
}

type DaysProps = { span: Span; usage: Parameters<typeof DailyEmpty>[0]['usage'] };

function Days({ span, usage }: DaysProps) {
  const daily = useQuery(dailyBurnQuery(span));
  const days = useQuery(burnQuery('day', span, RANGE_DAYS_MAX));
  return (
    <Loaded of={daily} waiting={words.burn.daily.loading} skeleton={<ChartSkeleton />}>
      {(data) =>
        data.series.length === 0 ? (
          <DailyEmpty from={data.from} to={data.to} usage={usage} />
        ) : (
          <>
            <Text size="sm" c="dimmed">
              {data.text}
            </Text>
            <Suspense fallback={<ChartSkeleton />}>
              <DailyChart daily={data} days={days.data} />
            </Suspense>
            <Legend daily={data} />
          </>
        )
      }
    </Loaded>
  );
}

const ChartSkeleton = () => <Skeleton height={320} aria-hidden="true" />;
