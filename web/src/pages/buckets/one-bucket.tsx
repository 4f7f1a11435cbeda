import { Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { Fragment } from 'react';
import { bucketQuery } from '../../api/buckets';
import { isForbidden, isUnknown } from '../../api/client';
import { forecastQuery } from '../../api/queries';
import type { OneBucket } from '../../api/types';
import { day, estimate, tokens } from '../../format';
import { words } from '../../messages';
import { EmptyNote } from '../../parts/empty-note';
import { Facts } from '../../parts/facts';
import { Loaded, SkeletonLines } from '../../parts/loaded';
import { AskForm } from '../../parts/order-form';
import { PageHead } from '../../parts/page-head';
import styles from '../../parts/page.module.css';
import { Panel } from '../../parts/panel';
import { useRight } from '../../parts/use-right';
import { ChangeBucket } from './bucket-form';
import { RequestsPanel } from './requests-panel';
import { StatementPanel } from './statement-panel';
import { TransferForm } from './transfer-form';

const route = getRouteApi('/buckets/$key');
const say = words.buckets.one;

/** One bucket: what it has, what is to come, who asks, what was booked, and what can be done. */
export function OneBucketPage() {
  const { key } = route.useParams();
  const { requests } = route.useSearch();
  const navigate = route.useNavigate();
  const bucket = useQuery(bucketQuery(key));
  const mayChange = useRight('run-faregate');
  if (isUnknown(bucket.error)) {
    return <EmptyNote heading="h1" title={say.unknown(key)} detail={say.unknownDetail} />;
  }
  return (
    <div className={styles.page}>
      <div>
        <Link to="/buckets" className={styles.link}>
          {say.back}
        </Link>
        <PageHead title={bucket.data?.name ?? key} aside={key} />
      </div>
      <div className={styles.pair}>
        <Panel title={say.balance}>
          <Loaded of={bucket} waiting={say.loading} skeleton={<SkeletonLines lines={5} />}>
            {(data) => (
              <Stack gap="md">
                <Balance bucket={data} />
                {mayChange && <ChangeBucket key={key} bucket={data} />}
              </Stack>
            )}
          </Loaded>
        </Panel>
        <Outlook bucket={key} />
      </div>
      <RequestsPanel
        bucket={key}
        stage={requests === 'all' ? 'all' : 'waiting'}
        onStage={(all) => void navigate({ search: (rest) => ({ ...rest, requests: all }), resetScroll: false })}
      />
      {/* Another bucket begins with empty forms. */}
      <div className={styles.pair} key={key} data-no-print>
        <AskForm bucket={key} />
        <TransferForm bucket={key} name={bucket.data?.name ?? key} />
      </div>
      <StatementPanel bucket={key} />
    </div>
  );
}

function Balance({ bucket }: { bucket: OneBucket }) {
  const { available, held, spent, allocated, with_below, period, leftover, lends, parent, owners } = bucket;
  const hasBelow = with_below.allocated !== allocated;
  return (
    <Facts
      facts={[
        [words.buckets.columns.available, tokens(available)],
        [words.buckets.columns.held, tokens(held)],
        [words.buckets.columns.spent, tokens(spent)],
        [words.buckets.columns.allocated, tokens(allocated)],
        ...(hasBelow ? ([[say.withBelow, tokens(with_below.available)]] as const) : []),
        [
          say.above,
          parent ? (
            <Link to="/buckets/$key" params={{ key: parent }} className={styles.link}>
              {parent}
            </Link>
          ) : (
            say.top
          ),
        ],
        [say.period, period ? words.buckets.period(day(period.from), day(period.until)) : say.noPeriod],
        [say.leftover, say.leftovers[leftover] ?? leftover],
        [say.lends, lends ? say.yes : say.no],
        [say.owners, owners.length === 0 ? words.table.none : <Owners keys={owners} />],
      ]}
    />
  );
}

function Owners({ keys }: { keys: string[] }) {
  return keys.map((key, place) => (
    <Fragment key={key}>
      {place > 0 && ', '}
      <Link to="/people/$key" params={{ key }} className={styles.link}>
        {key}
      </Link>
    </Fragment>
  ));
}

function Outlook({ bucket }: { bucket: string }) {
  const forecast = useQuery(forecastQuery(`bucket:${bucket}`));
  if (isForbidden(forecast.error) || isUnknown(forecast.error)) return null;
  return (
    <Panel title={words.burn.forecast.title}>
      <Loaded of={forecast} waiting={words.burn.forecast.loading} skeleton={<SkeletonLines lines={4} />}>
        {({ days, text, month_end, used_up }) =>
          days.length === 0 ? (
            <Text c="dimmed">{words.burn.forecast.emptyDetail}</Text>
          ) : (
            <>
              <Text mb="md">{text}</Text>
              <Facts
                facts={[
                  ...(month_end ? ([[words.burn.forecast.monthEnd, estimate(month_end.expected)]] as const) : []),
                  ...(used_up
                    ? ([
                        [words.burn.forecast.usedUp, used_up.on ? day(used_up.on) : words.burn.forecast.notInTerm],
                      ] as const)
                    : []),
                ]}
              />
            </>
          )
        }
      </Loaded>
    </Panel>
  );
}
