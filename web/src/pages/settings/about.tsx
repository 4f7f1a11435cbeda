import { Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { waysQuery } from '../../api/access';
import { aboutQuery } from '../../api/settings';
import { counted } from '../../format';
import { words } from '../../messages';
import { Badge } from '../../parts/badge';
import { Facts } from '../../parts/facts';
import { Loaded, SkeletonLines } from '../../parts/loaded';
import styles from '../../parts/page.module.css';
import { Panel } from '../../parts/panel';
import { Prose } from '../../parts/prose';
import { useMoments } from '../../parts/use-moments';

const say = words.settings.about;

/** What runs here, whether it decides, and how one comes in. */
export function AboutPart() {
  return (
    <div className={styles.pair}>
      <RunsPanel />
      <WaysPanel />
    </div>
  );
}

function RunsPanel() {
  const about = useQuery(aboutQuery);
  const when = useMoments();
  return (
    <Panel title={say.title}>
      <Loaded of={about} waiting={say.loading} skeleton={<SkeletonLines lines={3} />}>
        {({ version, seq, now }) => (
          <Stack gap="md">
            <Facts
              facts={[
                [say.version, version],
                [say.health, <Badge tone="good">{say.decides}</Badge>],
                [say.entries, counted(seq)],
                [say.clock, when(now)],
              ]}
            />
            <Link to="/alerts/channels" className={styles.link}>
              {say.channels}
            </Link>
            <Link to="/sources" className={styles.link}>
              {say.sources}
            </Link>
            <Text size="sm" c="dimmed">
              <Prose>{say.doctor}</Prose>
            </Text>
          </Stack>
        )}
      </Loaded>
    </Panel>
  );
}

function WaysPanel() {
  const ways = useQuery(waysQuery);
  return (
    <Panel title={say.ways.title}>
      <Loaded of={ways} waiting={say.loading} skeleton={<SkeletonLines lines={3} />}>
        {({ password, provider }) => (
          <Stack gap="md">
            <Facts
              facts={[
                [say.ways.provider, provider ?? say.ways.noProvider],
                [say.ways.password, password ? say.ways.yes : say.ways.noPassword],
                [say.ways.link, say.ways.always],
              ]}
            />
            {!provider && (
              <Text size="sm" c="dimmed">
                <Prose>{say.ways.providerHelp}</Prose>
              </Text>
            )}
          </Stack>
        )}
      </Loaded>
    </Panel>
  );
}
