import type { CSSProperties, ReactNode } from 'react';
import styles from './scroll-region.module.css';

type Props = { label: string; maxHeight?: CSSProperties['maxHeight']; children: ReactNode };

/** A wide table scrolls inside this; it takes the focus so that the keyboard can scroll it too. */
export function ScrollRegion({ label, maxHeight, children }: Props) {
  return (
    <div role="group" aria-label={label} tabIndex={0} className={styles.region} style={{ maxHeight }}>
      {children}
    </div>
  );
}
