import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { ownSignInsQuery, useSignOut } from '../api/access';
import type { SignedIn } from '../api/types';
import { words } from '../messages';
import { Badge } from '../parts/badge';
import { Loaded, SkeletonLines } from '../parts/loaded';
import { ProblemNotice } from '../parts/problem-notice';
import { useMoments } from '../parts/use-moments';
import styles from './own-sign-ins.module.css';

const say = words.access.signIns;

/** Each browser in which one is signed in, and a way to end them all. */
export function OwnSignIns({ onClose }: { onClose: () => void }) {
  const signIns = useQuery(ownSignInsQuery);
  const signOut = useSignOut('everywhere');
  return (
    <Modal opened onClose={onClose} title={say.title} closeButtonProps={{ 'aria-label': say.close }}>
      <Stack gap="md">
        <Loaded of={signIns} waiting={say.loading} skeleton={<SkeletonLines lines={2} height={32} />}>
          {(rows) => (
            <ul className={styles.list}>
              {rows.map((row) => (
                <OneSignIn key={row.id} row={row} />
              ))}
            </ul>
          )}
        </Loaded>
        <Text size="sm" c="dimmed">
          {say.help}
        </Text>
        {signOut.error && <ProblemNotice error={signOut.error} />}
        <Group justify="end">
          <Button variant="default" loading={signOut.isPending} onClick={() => signOut.mutate()}>
            {say.everywhere}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

function OneSignIn({ row: { id, role, expires, current } }: { row: SignedIn }) {
  const when = useMoments();
  return (
    <li className={styles.one}>
      <span>
        {current ? say.current : say.other} <Badge tone={current ? 'good' : 'plain'}>{id}</Badge>
      </span>
      <Text size="sm" c="dimmed">
        {[words.access.roles[role] ?? role, expires && say.ends(when(expires))].filter(Boolean).join(' · ')}
      </Text>
    </li>
  );
}
