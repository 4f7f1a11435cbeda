import { Button, Group, NativeSelect, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useDemo } from '../../api/imports';
import { counted } from '../../format';
import { words } from '../../messages';
import { Panel } from '../../parts/panel';
import { ProblemNotice } from '../../parts/problem-notice';
import { Brought } from './brought';
import styles from './welcome.module.css';

const say = words.welcome.demo;

/** Made-up data, to look around; an empty ledger alone can be filled with it. */
export function DemoPanel({ mayFill }: { mayFill: boolean }) {
  const [size, setSize] = useState('small');
  const demo = useDemo();
  if (!mayFill && !demo.data) return null;
  return (
    <Panel title={say.title}>
      <Stack gap="md">
        <Text>{say.detail}</Text>
        {!demo.data && (
          <>
            <NativeSelect
              label={say.size}
              value={size}
              data={[
                { value: 'small', label: say.small },
                { value: 'large', label: say.large },
              ]}
              disabled={demo.isPending}
              onChange={(event) => setSize(event.currentTarget.value)}
            />
            <Group>
              <Button loading={demo.isPending} onClick={() => demo.mutate(size === 'small')}>
                {say.start}
              </Button>
            </Group>
          </>
        )}
        {demo.isPending && (
          <div role="status">
            <progress className={styles.progress} aria-label={say.filling} />
            <Text size="sm">{say.filling}</Text>
          </div>
        )}
        {demo.error && <ProblemNotice error={demo.error} />}
        {demo.data && (
          <Brought>
            <Text>
              {say.filled(counted(demo.data.people), counted(demo.data.seats), counted(demo.data.sessions))}
            </Text>
          </Brought>
        )}
        <Text size="sm" c="dimmed">
          {say.warning}
        </Text>
      </Stack>
    </Panel>
  );
}
