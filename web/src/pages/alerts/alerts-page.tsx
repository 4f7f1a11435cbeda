/** Monitoring: what was raised, what is watched, and where people are told. One chunk, loaded when it is opened. */
import { Group, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, Outlet, useParams } from '@tanstack/react-router';
import { useEffect } from 'react';
import { summaryQuery } from '../../api/queries';
import { words } from '../../messages';
import styles from './alerts-page.module.css';

export { AlertList, NoAlert } from './alert-list';
export { OneAlert } from './one-alert';
export { ChannelsPanel } from './channels-panel';
export { RulesPanel } from './rules-panel';

const say = words.alerts;

export function AlertsPage() {
  const zone = useQuery(summaryQuery).data?.contract.zone;
  useEffect(() => {
    document.title = words.shell.documentTitle(say.title);
  }, []);
  return (
    <div className={styles.page}>
      <Group justify="space-between" align="baseline" gap="xs">
        <Title order={1} size="h2">
          {say.title}
        </Title>
        {zone && (
          <Text size="sm" c="dimmed">
            {say.times(zone)}
          </Text>
        )}
      </Group>
      <nav aria-label={say.tabs.label} data-no-print>
        <ul className={styles.tabs}>
          <li>
            <AlertsTab />
          </li>
          <li>
            <Link to="/alerts/rules" className={styles.tab}>
              {say.tabs.rules}
            </Link>
          </li>
          <li>
            <Link to="/alerts/channels" className={styles.tab}>
              {say.tabs.channels}
            </Link>
          </li>
        </ul>
      </nav>
      <Outlet />
    </div>
  );
}

function AlertsTab() {
  // An opened alert has an address of its own, and still belongs to this part.
  const within = useParams({ strict: false }).id !== undefined;
  return (
    <Link
      to="/alerts"
      className={styles.tab}
      data-within={within}
      activeOptions={{ exact: true, includeSearch: false }}
    >
      {say.tabs.alerts}
    </Link>
  );
}
