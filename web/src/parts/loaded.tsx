import { Group, Skeleton, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { isCode } from '../api/client';
import { words } from '../messages';
import { EmptyNote } from './empty-note';
import { AlertIcon } from './icons';
import { ProblemNotice } from './problem-notice';

export type Question<T> = { data: T | undefined; error: Error | null; isFetching: boolean; refetch: () => unknown };

type Props<T> = {
  of: Question<T>;
  /** Says to a screen reader what is being waited for. */
  waiting: string;
  skeleton: ReactNode;
  children: (data: T) => ReactNode;
};

/** The three states of a question. Once answered, a later failure never takes the numbers away. */
export function Loaded<T>({ of, waiting, skeleton, children }: Props<T>) {
  if (of.data !== undefined) {
    return (
      <>
        {of.error && <StaleNote />}
        {children(of.data)}
      </>
    );
  }
  // Nothing has gone wrong: there is too little to say anything yet.
  if (isCode(of.error, 'not-ready')) {
    return <EmptyNote first title={words.problem.notReady} detail={of.error.detail ?? ''} />;
  }
  if (of.error) {
    return <ProblemNotice error={of.error} onRetry={() => void of.refetch()} busy={of.isFetching} />;
  }
  return (
    <div role="status" aria-label={waiting}>
      {skeleton}
    </div>
  );
}

function StaleNote() {
  return (
    <Group gap={6} c="var(--warn-ink)" mb="xs" wrap="nowrap">
      <AlertIcon size={16} />
      <Text size="sm">{words.problem.stale}</Text>
    </Group>
  );
}

/** Grey lines in the place of a list. */
export function SkeletonLines({ lines, height = 18 }: { lines: number; height?: number }) {
  return (
    <Stack gap="md" aria-hidden="true">
      {Array.from({ length: lines }, (_, line) => (
        <Skeleton key={line} height={height} />
      ))}
    </Stack>
  );
}
