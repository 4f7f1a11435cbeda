import { Tooltip } from '@mantine/core';
import type { LiveState } from '../api/live';
import { words } from '../messages';
import { useLiveState } from './live-context';
import styles from './shell.module.css';

const HELP: Record<LiveState, string> = {
  connecting: words.live.connectingHelp,
  connected: words.live.connectedHelp,
  reconnecting: words.live.reconnectingHelp,
  asking: words.live.askingHelp,
};

/** Says whether the numbers move by themselves. Announced politely, and only when it changes. */
export function LiveIndicator() {
  const state = useLiveState();
  return (
    <Tooltip label={HELP[state]} multiline maw={280}>
      <span className={styles.live} data-state={state} role="status" data-no-print>
        <span className={styles.dot} aria-hidden="true" />
        {words.live[state]}
      </span>
    </Tooltip>
  );
}
