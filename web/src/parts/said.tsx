import { Stack, Text } from '@mantine/core';
import type { OrderDone } from '../api/types';
import { AlertIcon } from './icons';
import { Prose } from './prose';
import styles from './said.module.css';

/** What an order came to, in the server's sentences; read out as soon as it is there. */
export function Said({ done }: { done: OrderDone | undefined }) {
  return (
    <div role="status" className={styles.said}>
      {done && (
        <Stack gap={4}>
          {done.said.map((sentence) => (
            <Text key={sentence} size="sm">
              <Prose>{sentence}</Prose>
            </Text>
          ))}
          {done.warnings.map((sentence) => (
            <Text key={sentence} size="sm" className={styles.warning}>
              <AlertIcon size={15} />
              <span>
                <Prose>{sentence}</Prose>
              </span>
            </Text>
          ))}
        </Stack>
      )}
    </div>
  );
}
