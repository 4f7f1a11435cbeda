import { Text, Title } from '@mantine/core';
import type { Alert, Handled } from '../../api/types';
import { counted } from '../../format';
import { words } from '../../messages';
import { Prose } from '../../parts/prose';
import styles from './one-alert.module.css';
import { useMoments } from '../../parts/use-moments';

const say = words.alerts.one;

type Entry = { at: string; what: string; said: string; channels: string[] };

/** What became of an alert, in order: raised, told, taken on, done, over. */
export function AlertHistory({ alert }: { alert: Alert }) {
  const when = useMoments();
  const raised = { at: alert.at, what: say.handled.raised ?? '', said: '', channels: alert.channels };
  const entries: Entry[] = [raised, ...alert.handled.map(entry)];
  return (
    <section>
      <Title order={3} size="h5" mb="xs">
        {say.history}
      </Title>
      <ol className={styles.history}>
        {entries.map(({ at, what, said, channels }, place) => (
          <li key={place}>
            <Text size="sm" c="dimmed" component="time" dateTime={at}>
              {when(at)}
            </Text>
            <div>
              <Text fw={600}>{what}</Text>
              {said && (
                <Text size="sm" className={styles.lines}>
                  <Prose>{said}</Prose>
                </Text>
              )}
              {channels.length > 0 && (
                <Text size="sm" c="dimmed">
                  {say.told(channels.join(', '))}
                </Text>
              )}
              {place === 0 && channels.length === 0 && (
                <Text size="sm" c="dimmed">
                  {say.toldNobody}
                </Text>
              )}
            </div>
          </li>
        ))}
      </ol>
    </section>
  );
}

function entry({ at, what, step, said, channels }: Handled): Entry {
  const title = step ? say.stepNumber(counted(step)) : (say.handled[what] ?? what);
  return { at, what: title, said, channels };
}
