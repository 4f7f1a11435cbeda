import { Button, Group, Stack, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi, Link, Outlet, useParams } from '@tanstack/react-router';
import { alertsQuery, type AlertStage } from '../../api/queries';
import type { Alert } from '../../api/types';
import { words } from '../../messages';
import { EmptyNote } from '../../parts/empty-note';
import { CheckIcon } from '../../parts/icons';
import { Loaded, SkeletonLines } from '../../parts/loaded';
import { Panel } from '../../parts/panel';
import styles from './alerts-page.module.css';
import { Severity } from './severity';
import { useMoments, useToldMoments } from '../../parts/use-moments';

const route = getRouteApi('/alerts/list');
const say = words.alerts.list;

/** The alerts, and beside them the one that is opened. */
export function AlertList() {
  const stage: AlertStage = route.useSearch().state ?? 'open';
  const alerts = useInfiniteQuery(alertsQuery(stage));
  const opened = useParams({ strict: false }).id !== undefined;
  const rows = alerts.data && { ...alerts, data: alerts.data.pages.flatMap((page) => page.rows) };
  return (
    <div className={styles.pair} data-opened={opened}>
      <div className={styles.list}>
        <Panel title={say.title} busy={alerts.isPlaceholderData} aside={<StageSwitch stage={stage} />}>
          <Loaded
            of={rows ?? { ...alerts, data: undefined }}
            waiting={say.loading}
            skeleton={<SkeletonLines lines={4} height={58} />}
          >
            {(found) => (found.length === 0 ? <NoAlerts stage={stage} /> : <Rows alerts={found} stage={stage} />)}
          </Loaded>
          {alerts.hasNextPage && (
            <Button
              size="xs"
              variant="default"
              mt="md"
              loading={alerts.isFetchingNextPage}
              onClick={() => void alerts.fetchNextPage()}
            >
              {say.more}
            </Button>
          )}
        </Panel>
      </div>
      <Outlet />
    </div>
  );
}

/** What stands beside the list while no alert is opened. */
export function NoAlert() {
  return <p className={styles.choose}>{say.choose}</p>;
}

function StageSwitch({ stage }: { stage: AlertStage }) {
  const navigate = route.useNavigate();
  const show = (state: 'all' | undefined) => void navigate({ to: '.', search: { state }, resetScroll: false });
  return (
    <Group gap={4} role="group" aria-label={say.which} data-no-print>
      <Button
        size="xs"
        variant={stage === 'open' ? 'filled' : 'default'}
        aria-pressed={stage === 'open'}
        onClick={() => show(undefined)}
      >
        {say.open}
      </Button>
      <Button
        size="xs"
        variant={stage === 'all' ? 'filled' : 'default'}
        aria-pressed={stage === 'all'}
        onClick={() => show('all')}
      >
        {say.all}
      </Button>
    </Group>
  );
}

function NoAlerts({ stage }: { stage: AlertStage }) {
  const all = stage === 'all';
  return (
    <EmptyNote title={all ? say.noneTitle : say.emptyTitle} detail={all ? say.noneDetail : say.emptyDetail}>
      <Link to="/alerts/rules" className={styles.link}>
        {say.toRules}
      </Link>
    </EmptyNote>
  );
}

function Rows({ alerts, stage }: { alerts: Alert[]; stage: AlertStage }) {
  return (
    <Stack gap="xs" component="ul" className={styles.rows}>
      {alerts.map((alert) => (
        <li key={alert.id}>
          <Row alert={alert} stage={stage} />
        </li>
      ))}
    </Stack>
  );
}

function Row({ alert, stage }: { alert: Alert; stage: AlertStage }) {
  const when = useMoments();
  const told = useToldMoments();
  const { id, severity, said, name, at, ended } = alert;
  return (
    <Link
      to="/alerts/$id"
      params={{ id }}
      search={stage === 'all' ? { state: 'all' } : {}}
      resetScroll={false}
      className={styles.row}
    >
      <span className={styles.rowHead}>
        <Severity of={severity} />
        <Standing alert={alert} />
      </span>
      <span className={styles.said}>{told(said)}</span>
      <Text span size="sm" c="dimmed">
        {name} · {ended ? say.span(when(at), when(ended)) : say.since(when(at))}
      </Text>
    </Link>
  );
}

function Standing({ alert: { ended, acknowledged } }: { alert: Alert }) {
  return (
    <span className={styles.standing}>
      {(ended || acknowledged) && <CheckIcon size={14} />}
      {ended ? say.over : acknowledged ? say.takenOn : say.notTakenOn}
    </span>
  );
}
