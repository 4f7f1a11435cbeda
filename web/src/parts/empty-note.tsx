import { Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { FirstStep } from './first-step';
import { Prose } from './prose';

type Props = {
  title: string;
  detail: string;
  heading?: 'h1' | 'h3';
  /** Whether it would be filled by the first data. */
  first?: boolean;
  children?: ReactNode;
};

/** Nothing to show: why, and what to do next. */
export function EmptyNote({ title, detail, heading = 'h3', first = false, children }: Props) {
  return (
    <Stack align="center" gap="sm" py="xl" px="md" ta="center">
      <EmptyGate />
      <Title order={heading === 'h1' ? 1 : 3} size="h4">
        {title}
      </Title>
      <Text c="dimmed" maw="60ch">
        <Prose>{detail}</Prose>
      </Text>
      {first && <FirstStep />}
      {children}
    </Stack>
  );
}

/** The mark with its flaps open: nothing is passing. */
function EmptyGate() {
  return (
    <svg width="72" height="48" viewBox="0 0 72 48" fill="none" aria-hidden="true" focusable="false">
      <path d="M4 45h64" stroke="var(--line)" strokeWidth="2" strokeLinecap="round" />
      <rect x="12" y="8" width="10" height="37" rx="5" fill="var(--track)" />
      <rect x="50" y="8" width="10" height="37" rx="5" fill="var(--track)" />
      <path d="M24 18v16l3-2V20Z" fill="var(--accent)" />
      <path d="M48 18v16l-3-2V20Z" fill="var(--accent)" />
    </svg>
  );
}
