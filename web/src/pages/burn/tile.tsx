import { Text } from '@mantine/core';
import { useId, type ReactNode } from 'react';
import type { Money } from '../../api/types';
import { money } from '../../format';
import styles from './tiles.module.css';

type Props = {
  label: string;
  value: string;
  money?: Money | null;
  hero?: boolean;
  warn?: boolean;
  aside?: ReactNode;
  children?: ReactNode;
};

/** One key figure: its name, the number as the server gave it, and what it costs. */
export function Tile({ label, value, money: cost, hero, warn, aside, children }: Props) {
  const id = useId();
  return (
    <div role="group" aria-labelledby={id} className={styles.tile} data-hero={hero} data-warn={warn}>
      <div className={styles.label}>
        <span id={id}>{label}</span>
        {aside}
      </div>
      <p className={styles.value}>{value}</p>
      {cost && (
        <Text size="sm" c="dimmed" component="p">
          {money(cost)}
        </Text>
      )}
      {children}
    </div>
  );
}
