import { Group, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useEffect } from 'react';
import { dailyBurnQuery, periodsQuery, summaryQuery } from '../../api/queries';
import type { Summary, Usage } from '../../api/types';
import { day, dayOf, moment, money } from '../../format';
import { words } from '../../messages';
import { Loaded } from '../../parts/loaded';
import pageStyles from '../../parts/page.module.css';
import { useRight } from '../../parts/use-right';
import { BucketsPanel } from './buckets-panel';
import styles from './burn-page.module.css';
import { DailyPanel } from './daily-panel';
import { DrillPanel } from './drill-panel';
import { ForecastPanel } from './forecast-panel';
import { HoursPanel } from './hours-panel';
import { QuarantinedNotice, StaleNotice, UncoveredNotice } from './notice';
import { PacksPanel } from './packs-panel';
import { RangeBar } from './range-bar';
import { RankingPanel } from './ranking-panel';
import { resolveRange } from './search';
import { SessionsPanel } from './sessions-panel';
import { Tiles, TilesSkeleton } from './tiles';

const route = getRouteApi('/burn');

/** Burn: where the tokens stand, where they went, and who holds some now. */
export function BurnPage() {
  const summary = useQuery(summaryQuery);
  const periods = useQuery(periodsQuery).data;
  useEffect(() => {
    document.title = words.shell.documentTitle(words.burn.title);
  }, []);
  return (
    <div className={styles.page}>
      <PageHead summary={summary.data} />
      <Loaded of={summary} waiting={words.burn.tiles.loading} skeleton={<TilesSkeleton />}>
        {(data) => (
          <>
            <UncoveredNotice uncovered={data.balance.uncovered} />
            <QuarantinedNotice sessions={data.quarantined_sessions} />
            <Tiles summary={data} periods={periods} />
            <Panels
              zone={data.contract.zone}
              today={dayOf(data.as_of, data.contract.zone)}
              usage={data.usage ?? null}
            />
          </>
        )}
      </Loaded>
    </div>
  );
}

function PageHead({ summary }: { summary: Summary | undefined }) {
  return (
    <div className={styles.head}>
      <Group justify="space-between" align="baseline" gap="xs">
        <Title order={1} size="h2">
          {words.burn.title}
        </Title>
        {summary && (
          <Text size="sm" c="dimmed">
            {words.burn.asOf(moment(summary.as_of, summary.contract.zone), summary.contract.zone)}
          </Text>
        )}
      </Group>
      {summary && (
        <Text size="sm" c="dimmed" className={styles.contract}>
          {[summary.contract.name, summary.contract.price && words.burn.price(money(summary.contract.price))]
            .filter(Boolean)
            .join(' · ')}
        </Text>
      )}
      {summary && <Text className={styles.summary}>{summary.text}</Text>}
    </div>
  );
}

type PanelsProps = { zone: string; today: string; usage: Usage | null };

function Panels({ zone, today, usage }: PanelsProps) {
  const search = route.useSearch();
  const { from, to, preset } = resolveRange(search, today);
  const span = { from, to };
  const daily = useQuery(dailyBurnQuery(span));
  const mayBuy = useRight('buy-packs');
  return (
    <>
      <Text size="sm" data-print-only>
        {words.burn.range.printed(day(from), day(to))}
      </Text>
      <RangeBar range={{ ...span, preset }} today={today} />
      <StaleNotice stale={daily.data?.stale ?? []} />
      <DailyPanel span={span} usage={usage} />
      <DrillPanel span={span} />
      <HoursPanel span={span} />
      <ForecastPanel />
      <div className={styles.pair}>
        <RankingPanel by="person" span={span} />
        <RankingPanel by="product" span={span} />
      </div>
      <div className={styles.pair}>
        <BucketsPanel />
        <PacksPanel
          today={today}
          way={
            mayBuy && (
              <Link to="/settings/contract" className={pageStyles.link}>
                {words.burn.packs.enter}
              </Link>
            )
          }
        />
      </div>
      <SessionsPanel zone={zone} today={today} />
    </>
  );
}
