import { Text } from '@mantine/core';
import { Panel } from './panel';

/** In the place of what the reader's roles do not reach: a sentence, for nothing has gone wrong. */
export function Withheld({ title, children }: { title: string; children: string }) {
  return (
    <Panel title={title}>
      <Text c="dimmed">{children}</Text>
    </Panel>
  );
}
