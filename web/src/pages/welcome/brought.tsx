import { Stack, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { counted, roundShare } from '../../format';
import { words } from '../../messages';
import page from '../../parts/page.module.css';
import { ProblemNotice } from '../../parts/problem-notice';
import { Prose } from '../../parts/prose';
import styles from './welcome.module.css';

const say = words.files;

type Bringing = { isPending: boolean; error: Error | null; variables: File | undefined };

/** How far a file has come, or why it did not; nothing before one was chosen. */
export function Progress({ bring: { isPending, error, variables }, sent }: { bring: Bringing; sent: number }) {
  if (error) return <ProblemNotice error={error} />;
  if (!isPending) return null;
  const name = variables?.name ?? '';
  const isSent = sent >= 1;
  return (
    <div role="status">
      <progress
        className={styles.progress}
        aria-label={say.sending(name)}
        // Without a value it says that nobody knows how long it takes.
        {...(isSent ? {} : { value: sent, max: 1 })}
      />
      <Text size="sm">{isSent ? say.reading(name) : say.sent(roundShare(sent))}</Text>
    </div>
  );
}

type BroughtProps = {
  /** Lines that were left out, or the first of them. */
  kept?: { line: number; why: string }[];
  keptCount?: number;
  isNothing?: boolean;
  children: ReactNode;
};

/** What a file, or the demonstration, added, and the way to see it. */
export function Brought({ kept = [], keptCount = kept.length, isNothing = false, children }: BroughtProps) {
  const { done } = words.welcome;
  return (
    <Stack gap="xs" role="status">
      <Text fw={650}>{isNothing ? done.nothing : done.title}</Text>
      {children}
      {kept.length > 0 && (
        <details>
          <summary>{done.kept(keptCount, counted(keptCount))}</summary>
          <ul>
            {kept.map(({ line, why }) => (
              <li key={line}>
                {line}: <Prose>{why}</Prose>
              </li>
            ))}
          </ul>
        </details>
      )}
      <Link to="/" className={page.link}>
        {done.toOverview}
      </Link>
    </Stack>
  );
}
