import type { CSSProperties, ReactNode } from 'react';

type Props = { label: string; maxHeight?: CSSProperties['maxHeight']; children: ReactNode };

/** A wide table scrolls inside this; it takes the focus so that the keyboard can scroll it too. */
export function ScrollRegion({ label, maxHeight, children }: Props) {
  return (
    <div role="region" aria-label={label} tabIndex={0} style={{ overflow: 'auto', maxHeight, position: 'relative' }}>
      {children}
    </div>
  );
}
