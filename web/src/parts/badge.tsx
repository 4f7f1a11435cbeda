import type { ReactNode } from 'react';
import styles from './badge.module.css';

type Props = { tone?: 'plain' | 'good' | 'warn' | 'bad'; children: ReactNode };

/** A state in a word; the colour only repeats it. */
export function Badge({ tone = 'plain', children }: Props) {
  return (
    <span className={styles.badge} data-tone={tone}>
      {children}
    </span>
  );
}
