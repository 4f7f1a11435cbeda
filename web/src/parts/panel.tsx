import { Title } from '@mantine/core';
import { useId, type ReactNode } from 'react';
import styles from './panel.module.css';

type Props = { title: string; aside?: ReactNode; busy?: boolean; id?: string; children: ReactNode };

/** A titled region of a page. */
export function Panel({ title, aside, busy, id, children }: Props) {
  const heading = useId();
  return (
    <section className={styles.panel} aria-labelledby={heading} aria-busy={busy} id={id}>
      <div className={styles.head}>
        <Title order={2} size="h4" id={heading}>
          {title}
        </Title>
        {aside}
      </div>
      {children}
    </section>
  );
}
