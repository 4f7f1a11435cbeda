import { Text } from '@mantine/core';
import { tokens } from '../../format';
import { words } from '../../messages';
import { AlertIcon } from '../../parts/icons';
import styles from './uncovered-notice.module.css';

/** Usage that no bucket could cover. It is a note, not an alert: its number moves, and must not be read out each time. */
export function UncoveredNotice({ uncovered }: { uncovered: number }) {
  if (uncovered <= 0) {
    return null;
  }
  return (
    <div role="note" className={styles.notice}>
      <AlertIcon size={22} />
      <div>
        <Text fw={700}>{words.burn.uncovered.title(tokens(uncovered), uncovered)}</Text>
        <Text size="sm">{words.burn.uncovered.detail}</Text>
      </div>
    </div>
  );
}
