import { Group, Text, Title } from '@mantine/core';
import { useEffect, type ReactNode } from 'react';
import { words } from '../messages';

type Props = { title: string; aside?: string; children?: ReactNode };

/** The heading of a page, which is its name in the browser too; beside it what goes for all of the page. */
export function PageHead({ title, aside, children }: Props) {
  useEffect(() => {
    document.title = words.shell.documentTitle(title);
  }, [title]);
  return (
    <Group justify="space-between" align="baseline" gap="xs">
      <Title order={1} size="h2">
        {title}
      </Title>
      {aside && (
        <Text size="sm" c="dimmed">
          {aside}
        </Text>
      )}
      {children}
    </Group>
  );
}
