import { Button, Group, Stack, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { deliveriesQuery } from '../../api/queries';
import { removeSchedule, SCHEDULES_KEY, schedulesQuery, sendNow } from '../../api/reports';
import type { Delivery, ReportKnown, ReportSchedule } from '../../api/types';
import { words } from '../../messages';
import { Badge } from '../../parts/badge';
import { Loaded, SkeletonLines } from '../../parts/loaded';
import styles from '../../parts/page.module.css';
import { Panel } from '../../parts/panel';
import { PlainTable } from '../../parts/plain-table';
import { ProblemNotice } from '../../parts/problem-notice';
import { Prose } from '../../parts/prose';
import { useMoments } from '../../parts/use-moments';
import { useRight } from '../../parts/use-right';
import { ScheduleForm } from './schedule-form';

const say = words.reports.schedules;

/** Reports that are sent by the clock: to whom, how the last one fared, and a way to have another one sent. */
export function SchedulesPanel({ reports }: { reports: ReportKnown[] }) {
  const schedules = useQuery(schedulesQuery);
  return (
    <Panel title={say.title}>
      <Loaded of={schedules} waiting={say.loading} skeleton={<SkeletonLines lines={3} height={34} />}>
        {({ rows, channels }) => (
          <Stack gap="md">
            {rows.length === 0 ? <Text c="dimmed">{say.none}</Text> : <Schedules schedules={rows} reports={reports} />}
            {channels.length === 0 ? (
              <Text c="dimmed">
                <Prose>{say.noChannel}</Prose>{' '}
                <Link to="/alerts/channels" className={styles.link}>
                  {say.toChannels}
                </Link>
              </Text>
            ) : (
              <ScheduleForm reports={reports} channels={channels} taken={rows.map(({ key }) => key)} />
            )}
          </Stack>
        )}
      </Loaded>
    </Panel>
  );
}

type SchedulesProps = { schedules: ReportSchedule[]; reports: ReportKnown[] };

function Schedules({ schedules, reports }: SchedulesProps) {
  const { columns } = say;
  const client = useQueryClient();
  const seesDeliveries = useRight('read-estate') ?? false;
  const deliveries = useQuery({ ...deliveriesQuery, enabled: seesDeliveries }).data?.deliveries;
  const send = useMutation({
    mutationFn: sendNow,
    onSuccess: () => client.invalidateQueries({ queryKey: deliveriesQuery.queryKey }),
  });
  const end = useMutation({
    mutationFn: removeSchedule,
    onSuccess: () => client.invalidateQueries({ queryKey: SCHEDULES_KEY }),
  });
  const isBusy = send.isPending || end.isPending;
  const failed = send.error ?? end.error;
  return (
    <Stack gap="sm">
      <PlainTable
        label={say.title}
        maxHeight={480}
        rows={schedules}
        rowKey={({ key }) => key}
        columns={[
          { head: columns.key, cell: ({ key }) => key },
          { head: columns.report, kind: 'words', cell: (schedule) => whatOf(schedule, reports) },
          { head: columns.when, kind: 'words', cell: ({ every, at, zone }) => say.when(say.everys[every] ?? every, at, zone) },
          { head: columns.to, kind: 'words', cell: ({ to, channel }) => say.toOn(to.join(', '), channel) },
          {
            head: columns.last,
            kind: 'words',
            // The latest delivery comes first.
            cell: ({ key }) => <Last delivery={deliveries?.find(({ about }) => about === `report-${key}`)} />,
          },
          {
            head: columns.deeds,
            cell: ({ key }) => (
              <Group gap="xs" wrap="nowrap">
                <Button
                  size="compact-sm"
                  variant="default"
                  aria-label={say.sendNamed(key)}
                  disabled={isBusy}
                  onClick={() => send.mutate(key)}
                >
                  {say.send}
                </Button>
                <Button
                  size="compact-sm"
                  variant="default"
                  aria-label={say.removeNamed(key)}
                  disabled={isBusy}
                  onClick={() => end.mutate(key)}
                >
                  {say.remove}
                </Button>
              </Group>
            ),
          },
        ]}
      />
      <Text size="sm" role="status">
        {send.data && say.sent(send.variables)}
      </Text>
      {failed && <ProblemNotice error={failed} />}
    </Stack>
  );
}

function whatOf({ report, format, bucket, currency, by }: ReportSchedule, reports: ReportKnown[]): string {
  const title = words.reports.known[report]?.title ?? reports.find(({ name }) => name === report)?.title ?? report;
  return [title, format.toUpperCase(), bucket, currency, say.by(by)].filter(Boolean).join(' · ');
}

const TONES: Record<string, 'good' | 'warn' | 'bad'> = { sent: 'good', waiting: 'warn', 'given-up': 'bad' };

/** How the last one fared. */
function Last({ delivery }: { delivery: Delivery | undefined }) {
  const when = useMoments();
  if (!delivery) return words.table.none;
  const { state, touched, why } = delivery;
  return (
    <>
      <Badge tone={TONES[state]}>{words.alerts.deliveries.states[state] ?? state}</Badge> {when(touched)}
      {why && (
        <div className={styles.soft}>
          <Prose>{why}</Prose>
        </div>
      )}
    </>
  );
}
