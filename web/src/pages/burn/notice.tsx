import { Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Stale } from '../../api/types';
import { counted, tokens } from '../../format';
import { words } from '../../messages';
import { AlertIcon } from '../../parts/icons';
import { Prose } from '../../parts/prose';
import styles from './notice.module.css';

/** Usage that no bucket could cover. */
export function UncoveredNotice({ uncovered }: { uncovered: number }) {
  const { title, detail } = words.burn.uncovered;
  return uncovered > 0 && <Notice title={title(tokens(uncovered), uncovered)} detail={detail} />;
}

/** Sessions that an import could not charge. */
export function QuarantinedNotice({ sessions }: { sessions: number }) {
  const { title, detail, link } = words.burn.quarantined;
  return (
    sessions > 0 && (
      <Notice title={title(counted(sessions), sessions)} detail={detail(sessions)}>
        <Link to="/sources" hash="uncharged">
          {link}
        </Link>
      </Notice>
    )
  );
}

/** Sources that end before the last of the days shown; the server says what that means. */
export function StaleNotice({ stale }: { stale: Stale[] }) {
  return stale.length > 0 && <Notice title={words.burn.stale} detail={stale.map(({ text }) => text).join(' ')} />;
}

/** A note, not an alert: its number moves, and must not be read out each time. */
function Notice({ title, detail, children }: { title: string; detail: string; children?: ReactNode }) {
  return (
    <div role="note" className={styles.notice}>
      <AlertIcon size={22} />
      <div>
        <Text fw={700}>{title}</Text>
        <Text size="sm">
          <Prose>{detail}</Prose> {children}
        </Text>
      </div>
    </div>
  );
}
