import { Button, Text } from '@mantine/core';
import { Problem } from '../api/client';
import { words } from '../messages';
import { AlertIcon } from './icons';
import styles from './problem-notice.module.css';
import { Prose } from './prose';

type Props = { error: Error; onRetry?: () => void; busy?: boolean };

/**
 * A failure in the server's own words: what happened, what helps, and a way to try again.
 * It is announced politely, because one cause may strike every panel of a page at once.
 */
export function ProblemNotice({ error, onRetry, busy = false }: Props) {
  const problem = error instanceof Problem ? error : undefined;
  const detail = problem ? problem.detail : error.message;
  return (
    <div role="status" className={styles.notice}>
      <span className={styles.icon}>
        <AlertIcon size={20} />
      </span>
      <div className={styles.body}>
        <Text fw={650}>{problem?.message ?? words.problem.unexpected}</Text>
        {detail && (
          <Text size="sm">
            <Prose>{detail}</Prose>
          </Text>
        )}
        {problem?.help && (
          <Text size="sm">
            <Prose>{problem.help}</Prose>
          </Text>
        )}
        {problem?.code && (
          <Text size="xs" c="dimmed" ff="monospace">
            {words.problem.code(problem.code)}
          </Text>
        )}
        {onRetry && (
          <Button size="xs" variant="default" onClick={onRetry} loading={busy} mt={4}>
            {words.problem.retry}
          </Button>
        )}
      </div>
    </div>
  );
}
