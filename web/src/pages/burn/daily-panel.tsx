import { Group, Skeleton, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { Suspense } from 'react';
import { burnQuery, dailyBurnQuery, RANGE_DAYS_MAX, type Span } from '../../api/queries';
import type { Amount, Burn, DailyBurn, Usage } from '../../api/types';
import { money, tokens } from '../../format';
import { words } from '../../messages';
import { early } from '../../parts/early';
import { Loaded } from '../../parts/loaded';
import { Panel } from '../../parts/panel';
import { DailyEmpty } from './daily-empty';
import styles from './daily-panel.module.css';
import { DailyTable } from './daily-table';
import { Legend } from './legend';
import { ViewToggle } from './view-toggle';

const [DailyChart, useDailyChart] = early(() => import('./daily-chart'));

const route = getRouteApi('/burn');
const say = words.burn.daily;

export function DailyPanel({ span, usage }: { span: Span; usage: Usage | null }) {
  useDailyChart();
  const daily = useQuery(dailyBurnQuery(span));
  // The totals of the days come from the server too: the page adds nothing up.
  const days = useQuery(burnQuery('day', span, RANGE_DAYS_MAX));
  const asTable = route.useSearch().view === 'table';
  return (
    <Panel title={say.title} busy={daily.isPlaceholderData} aside={<Aside total={daily.data?.total} />}>
      <Loaded of={daily} waiting={say.loading} skeleton={<ChartSkeleton />}>
        {(data) => (
          <Daily daily={data} days={days.data} usage={usage} asTable={asTable} fading={daily.isPlaceholderData} />
        )}
      </Loaded>
    </Panel>
  );
}

type DailyProps = {
  daily: DailyBurn;
  days: Burn | undefined;
  usage: Usage | null;
  asTable: boolean;
  fading: boolean;
};

function Daily({ daily, days, usage, asTable, fading }: DailyProps) {
  if (daily.series.length === 0) {
    return <DailyEmpty from={daily.from} to={daily.to} usage={usage} />;
  }
  return (
    <div className={styles.body} data-fading={fading}>
      <Text size="sm" c="dimmed">
        {daily.text}
      </Text>
      {asTable ? (
        <DailyTable daily={daily} days={days} />
      ) : (
        <>
          <Suspense fallback={<ChartSkeleton />}>
            <DailyChart daily={daily} days={days} />
          </Suspense>
          <Legend daily={daily} />
        </>
      )}
    </div>
  );
}

function Aside({ total }: { total: Amount | undefined }) {
  return (
    <Group gap="md">
      {total && (
        <Text size="sm" c="dimmed">
          <Text span fw={680} c="var(--ink)">
            {words.units.tokens(total.tokens, tokens(total.tokens))}
          </Text>{' '}
          {total.money && `· ${money(total.money)} `}
          {say.total}
        </Text>
      )}
      <ViewToggle of="view" labels={say} />
    </Group>
  );
}

const ChartSkeleton = () => <Skeleton height={320} aria-hidden="true" />;
