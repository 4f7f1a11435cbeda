import { Button, Group, NativeSelect, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { requestsQuery, type RequestStage } from '../../api/buckets';
import { useOrder } from '../../api/orders';
import { meQuery } from '../../api/queries';
import type { OrderDone, TokenRequest } from '../../api/types';
import { counted, tokens } from '../../format';
import { words } from '../../messages';
import { numbers } from '../../numbers';
import { Badge } from '../../parts/badge';
import { Loaded, SkeletonLines } from '../../parts/loaded';
import { asTokens } from '../../parts/order-form';
import pageStyles from '../../parts/page.module.css';
import { Panel } from '../../parts/panel';
import { ProblemNotice } from '../../parts/problem-notice';
import { REQUEST_TONES } from '../../parts/request-tones';
import { Said } from '../../parts/said';
import { useMoments } from '../../parts/use-moments';
import styles from './buckets.module.css';

const say = words.buckets.requests;

type Props = { bucket?: string; stage: RequestStage; onStage: (all: 'all' | undefined) => void };

/** Who asks for tokens, and the way to say yes or no. */
export function RequestsPanel({ bucket, stage, onStage }: Props) {
  const requests = useQuery(requestsQuery(stage, bucket));
  // What was answered leaves the list of those that wait; what came of it stays to be read.
  const [done, setDone] = useState<OrderDone>();
  const isAll = stage === 'all';
  const stages = (
    <Group gap={4} role="group" aria-label={say.which} data-no-print>
      <Button size="xs" variant={isAll ? 'default' : 'filled'} aria-pressed={!isAll} onClick={() => onStage(undefined)}>
        {say.waiting}
      </Button>
      <Button size="xs" variant={isAll ? 'filled' : 'default'} aria-pressed={isAll} onClick={() => onStage('all')}>
        {say.all}
      </Button>
    </Group>
  );
  return (
    <Panel title={say.title} aside={stages} busy={requests.isPlaceholderData}>
      <Loaded of={requests} waiting={say.loading} skeleton={<SkeletonLines lines={2} />}>
        {(rows) =>
          rows.length === 0 ? (
            <Text c="dimmed">{isAll ? say.none : say.noneWaiting}</Text>
          ) : (
            <ul className={styles.requests}>
              {rows.map((request) => (
                <li key={request.id} className={styles.request}>
                  <OneRequest request={request} onDone={setDone} />
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
      <Said done={done} />
    </Panel>
  );
}

type OneProps = { request: TokenRequest; onDone: (done: OrderDone) => void };

function OneRequest({ request, onDone }: OneProps) {
  const when = useMoments();
  const { by_name, bucket_name, tokens: asked, why, at, expires, due, state, moved } = request;
  return (
    <>
      <Group gap="sm">
        <Text fw={600}>{say.asks(by_name, words.units.tokens(asked, tokens(asked)), bucket_name)}</Text>
        <Badge tone={REQUEST_TONES[state]}>{say.states[state] ?? state}</Badge>
      </Group>
      <Text>{why}</Text>
      <Text size="sm" c="dimmed">
        {[
          say.since(when(at)),
          state === 'waiting' && say.expires(when(expires)),
          due && say.due(when(due)),
          state === 'waiting' && say.approvals(counted(request.approvals.length), counted(request.approvals_needed)),
          moved != null && say.moved(words.units.tokens(moved, tokens(moved))),
        ]
          .filter(Boolean)
          .join(' · ')}
      </Text>
      {state === 'waiting' && <Answer request={request} onDone={onDone} />}
    </>
  );
}

function Answer({ request: { id, by_name, tokens: asked, can_answer }, onDone }: OneProps) {
  const me = useQuery(meQuery).data;
  const mayAct = me?.rights.includes('act-for-others');
  const [as, setAs] = useState('');
  const order = useOrder(as);
  const [amount, setAmount] = useState(numbers.showPlain(asked));
  const [comment, setComment] = useState('');
  const approved = asTokens(amount);
  const nobody = can_answer.length === 0;
  const isOwn = me?.person != null && can_answer.includes(me.person.key);
  const why = nobody ? say.nobody : isOwn || as ? undefined : say.notMine(can_answer.join(', '), mayAct === true);
  // Whoever only looks is not asked anything.
  if (why && (nobody || !mayAct)) {
    return (
      <Text size="sm" c="dimmed">
        {why}{' '}
        {nobody && me?.rights.includes('run-faregate') && (
          <Link to="/settings/contract" className={pageStyles.link}>
            {say.toDeciders}
          </Link>
        )}
      </Text>
    );
  }
  // Not a callback of the call: what is answered leaves the list before that would be told.
  const answer = (approve: number | null) =>
    void order.mutateAsync({ order: 'answer', request: id, approve, comment }).then(onDone, () => undefined);
  return (
    <>
      <Group gap="sm" align="end">
        <TextInput
          label={say.amount}
          inputMode="decimal"
          w="8rem"
          value={amount}
          onChange={(event) => setAmount(event.currentTarget.value)}
        />
        <TextInput
          label={say.comment}
          value={comment}
          maxLength={500}
          onChange={(event) => setComment(event.currentTarget.value)}
        />
        {mayAct && (
          <NativeSelect
            label={say.as}
            value={as}
            data={[{ value: '', label: isOwn ? say.myself : say.chooseWho }, ...can_answer]}
            onChange={(event) => setAs(event.currentTarget.value)}
          />
        )}
        <Button
          disabled={why !== undefined || approved === undefined || order.isPending}
          aria-label={say.approveNamed(by_name)}
          onClick={() => answer(approved ?? null)}
        >
          {say.approve}
        </Button>
        <Button
          variant="default"
          disabled={why !== undefined || order.isPending}
          aria-label={say.declineNamed(by_name)}
          onClick={() => answer(null)}
        >
          {say.decline}
        </Button>
      </Group>
      <Text size="sm" c="dimmed">
        {why ?? (approved === undefined ? say.noAmount : say.canAnswer(can_answer.join(', ')))}
      </Text>
      {order.error && <ProblemNotice error={order.error} />}
    </>
  );
}
