import { Skeleton, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { Suspense, type ReactNode } from 'react';
import { isForbidden, isUnknown } from '../../api/client';
import { CONTRACT, forecastQuery } from '../../api/queries';
import type { Forecast, PastForecasts } from '../../api/types';
import { counted, day, estimate, roundShare, tokens } from '../../format';
import { words } from '../../messages';
import { early } from '../../parts/early';
import { EmptyNote } from '../../parts/empty-note';
import { Loaded } from '../../parts/loaded';
import { Panel } from '../../parts/panel';
import { Withheld } from '../../parts/withheld';
import styles from './forecast-panel.module.css';
import { ForecastTable } from './forecast-table';
import { ViewToggle } from './view-toggle';

const [ForecastChart, useForecastChart] = early(() => import('./forecast-chart'));

const route = getRouteApi('/burn');
const say = words.burn.forecast;

/** What is expected of the contract: the month's end, the day on which tokens run out, and each day ahead. */
export function ForecastPanel() {
  useForecastChart();
  const forecast = useQuery(forecastQuery(CONTRACT));
  if (isForbidden(forecast.error) || isUnknown(forecast.error)) {
    return <Withheld title={say.title}>{say.withheld}</Withheld>;
  }
  const foretold = forecast.data && forecast.data.days.length > 0;
  return (
    <Panel title={say.title} aside={foretold && <ViewToggle of="ahead" labels={say} />}>
      <Loaded of={forecast} waiting={say.loading} skeleton={<Skeleton height={320} aria-hidden="true" />}>
        {(data) =>
          data.days.length === 0 ? (
            <EmptyNote first title={say.emptyTitle} detail={say.emptyDetail} />
          ) : (
            <Foretold forecast={data} />
          )
        }
      </Loaded>
    </Panel>
  );
}

function Foretold({ forecast }: { forecast: Forecast }) {
  const asTable = route.useSearch().ahead === 'table';
  return (
    <Stack gap="md">
      <Text size="sm" c="dimmed">
        {forecast.text}
      </Text>
      <Figures forecast={forecast} />
      {asTable ? (
        <ForecastTable forecast={forecast} />
      ) : (
        <Suspense fallback={<Skeleton height={320} aria-hidden="true" />}>
          <ForecastChart forecast={forecast} />
        </Suspense>
      )}
      <Past past={forecast.past} days={forecast.history_days} />
    </Stack>
  );
}

function Figures({ forecast: { month_end, used_up, term_end, term_last } }: { forecast: Forecast }) {
  return (
    <dl className={styles.figures}>
      {month_end && (
        <Figure name={say.monthEnd} value={estimate(month_end.expected)}>
          {say.fourInFive(estimate(month_end.four_in_five.low), estimate(month_end.four_in_five.high))}
        </Figure>
      )}
      {used_up && (
        <Figure name={say.usedUp} value={used_up.on ? day(used_up.on) : say.notInTerm}>
          {(used_up.not_before || used_up.not_after) && (
            <>
              {say.fourInFive(dayOrLater(used_up.not_before), dayOrLater(used_up.not_after))}
              <br />
            </>
          )}
          {say.left(tokens(used_up.left))}
        </Figure>
      )}
      {term_end && term_last && (
        <Figure name={say.termEnd(day(term_last))} value={estimate(term_end.expected)}>
          {say.fourInFive(estimate(term_end.four_in_five.low), estimate(term_end.four_in_five.high))}
        </Figure>
      )}
    </dl>
  );
}

function Figure({ name, value, children }: { name: string; value: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd className={styles.value}>{value}</dd>
      <dd className={styles.range}>{children}</dd>
    </div>
  );
}

/** Whether it was worth listening before. */
function Past({ past, days }: { past: PastForecasts[]; days: number }) {
  return (
    <div>
      <Title order={3} size="h5" mb={4}>
        {say.past}
      </Title>
      {past.length === 0 ? (
        <Text size="sm" c="dimmed">
          {say.noPast}
        </Text>
      ) : (
        <ul className={styles.past}>
          {past.map((one) => (
            <li key={one.span}>{pastInWords(one)}</li>
          ))}
        </ul>
      )}
      <Text size="sm" c="dimmed">
        {say.history(days, counted(days))}
      </Text>
    </div>
  );
}

function pastInWords({ span, count, error, four_in_five_held }: PastForecasts): string {
  const quality = [
    typeof error === 'number' && say.pastError(roundShare(error)),
    say.pastHeld(roundShare(four_in_five_held)),
  ];
  return `${say.pastOf(count, counted(count), span)}: ${quality.filter(Boolean).join('; ')}`;
}

function dayOrLater(date: string | null | undefined): string {
  return date ? day(date) : say.later;
}
