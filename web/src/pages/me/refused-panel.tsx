import { Button, Group, Stack, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { refusedQuery } from '../../api/me';
import type { DecisionRow } from '../../api/types';
import { words } from '../../messages';
import { Loaded, SkeletonLines } from '../../parts/loaded';
import { Panel } from '../../parts/panel';
import { useMoments } from '../../parts/use-moments';
import { Explained } from '../gate/explain-panel';
import own from './my-page.module.css';

const say = words.me.refused;

/** When one was turned away lately, and why. */
export function RefusedPanel({ person }: { person: string }) {
  const refused = useInfiniteQuery(refusedQuery(person));
  const rows = refused.data?.pages.flatMap((page) => page.rows);
  return (
    <Panel title={say.title}>
      <Stack gap="md">
        <Loaded of={{ ...refused, data: rows }} waiting={say.loading} skeleton={<SkeletonLines lines={2} />}>
          {(found) =>
            found.length === 0 ? (
              <Text c="dimmed">{refused.hasNextPage ? say.noneYet : say.none}</Text>
            ) : (
              <ul className={own.list}>
                {found.map((row) => (
                  <OneRefusal key={row.decision} row={row} />
                ))}
              </ul>
            )
          }
        </Loaded>
        {refused.hasNextPage && (
          <Group>
            <Button variant="default" loading={refused.isFetchingNextPage} onClick={() => void refused.fetchNextPage()}>
              {say.further}
            </Button>
          </Group>
        )}
      </Stack>
    </Panel>
  );
}

function OneRefusal({ row: { decision, at, product, product_name, host, detail, code } }: { row: DecisionRow }) {
  const when = useMoments();
  const [opened, setOpened] = useState(false);
  return (
    <li>
      <Text fw={600}>{detail ?? code}</Text>
      <Text size="sm" c="dimmed">
        {[product_name ?? product, host, when(at)].join(' · ')}
      </Text>
      <Button size="compact-sm" variant="default" mt={4} aria-expanded={opened} onClick={() => setOpened(!opened)}>
        {say.why}
      </Button>
      {opened && <Explained decision={String(decision)} />}
    </li>
  );
}
