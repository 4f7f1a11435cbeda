import { Group, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { ownRequestsQuery } from '../../api/me';
import type { TokenRequest } from '../../api/types';
import { tokens } from '../../format';
import { words } from '../../messages';
import { Badge } from '../../parts/badge';
import { Loaded, SkeletonLines } from '../../parts/loaded';
import { Panel } from '../../parts/panel';
import { REQUEST_TONES } from '../../parts/request-tones';
import { useMoments } from '../../parts/use-moments';
import own from './my-page.module.css';

const say = words.buckets.requests;

/** What one has asked for, and what came of it. */
export function MyRequests({ person }: { person: string }) {
  const requests = useQuery(ownRequestsQuery(person));
  return (
    <Panel title={words.me.requests}>
      <Loaded of={requests} waiting={say.loading} skeleton={<SkeletonLines lines={2} />}>
        {(rows) =>
          rows.length === 0 ? (
            <Text c="dimmed">{words.me.noRequests}</Text>
          ) : (
            <ul className={own.list}>
              {rows.map((request) => (
                <OneRequest key={request.id} request={request} />
              ))}
            </ul>
          )
        }
      </Loaded>
    </Panel>
  );
}

function OneRequest({ request }: { request: TokenRequest }) {
  const when = useMoments();
  const { tokens: asked, bucket_name, why, at, state, moved, expires, can_answer } = request;
  return (
    <li>
      <Group gap="sm">
        <Text fw={600}>{words.me.asked(words.units.tokens(asked, tokens(asked)), bucket_name)}</Text>
        <Badge tone={REQUEST_TONES[state]}>{say.states[state] ?? state}</Badge>
      </Group>
      <Text>{why}</Text>
      <Text size="sm" c="dimmed">
        {[
          say.since(when(at)),
          state === 'waiting' && say.expires(when(expires)),
          state === 'waiting' && can_answer.length > 0 && say.canAnswer(can_answer.join(', ')),
          moved != null && say.moved(words.units.tokens(moved, tokens(moved))),
        ]
          .filter(Boolean)
          .join(' · ')}
      </Text>
    </li>
  );
}
