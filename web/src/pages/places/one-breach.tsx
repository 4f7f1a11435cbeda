import { Button, CloseButton, Group, Stack, Text, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useOrder } from '../../api/orders';
import { PLACES_KEY } from '../../api/places';
import type { PlaceBreach } from '../../api/types';
import { words } from '../../messages';
import { Badge } from '../../parts/badge';
import { Facts } from '../../parts/facts';
import styles from '../../parts/page.module.css';
import { Panel } from '../../parts/panel';
import { ProblemNotice } from '../../parts/problem-notice';
import { Said } from '../../parts/said';
import { useMoments } from '../../parts/use-moments';
import { useRight } from '../../parts/use-right';
import { allowedIn, evidenceOf, placeOf, TONES } from './breach';

const say = words.places.breaches;

type Props = { decision: string; breach: PlaceBreach | undefined; onClose: () => void };

/** One use outside of its territory, and what somebody makes of it. */
export function OneBreach({ decision, breach: found, onClose }: Props) {
  // What was answered leaves a list of those that wait; it is still looked at.
  const [breach, setBreach] = useState(found);
  if (found && found !== breach) setBreach(found);
  return (
    <Panel title={say.one(decision)} aside={<CloseButton aria-label={say.close} onClick={onClose} data-no-print />}>
      <Stack gap="md">
        {breach ? <Told breach={breach} /> : <Text c="dimmed">{say.notLoaded}</Text>}
        <Link to="/gate" search={{ decision }} className={styles.link}>
          {say.explain}
        </Link>
        {breach && <Review breach={breach} />}
      </Stack>
    </Panel>
  );
}

function Told({ breach: { at, person, product, host, evidence, place, territory, done } }: { breach: PlaceBreach }) {
  const when = useMoments();
  const { columns } = say;
  return (
    <Facts
      facts={[
        [columns.at, when(at)],
        [columns.person, person],
        [columns.product, product],
        [say.host, host],
        [columns.place, placeOf(place)],
        [say.trust, say.trusts[place.trust] ?? place.trust],
        [columns.evidence, evidenceOf(evidence)],
        [columns.allowed, allowedIn(territory)],
        [columns.done, <Badge tone={TONES[done]}>{say.dones[done] ?? done}</Badge>],
      ]}
    />
  );
}

/** What was found, and a way to say it, or to say otherwise. */
function Review({ breach: { decision, review } }: { breach: PlaceBreach }) {
  const [why, setWhy] = useState('');
  const mayReview = useRight('run-faregate');
  const client = useQueryClient();
  const order = useOrder();
  const reason = mayReview === false ? say.noRight : why.trim() === '' ? say.noWhy : undefined;
  const judge = (accepted: boolean) =>
    order.mutate(
      { order: 'review-breach', decision, accepted, why: why.trim() },
      { onSuccess: () => client.invalidateQueries({ queryKey: PLACES_KEY }) },
    );
  return (
    <Stack gap="sm">
      {review && <Text>{say.found(review.accepted ? say.accepted : say.rejected, review.why)}</Text>}
      <Group gap="sm" align="end" data-no-print>
        <TextInput
          label={say.why}
          value={why}
          maxLength={500}
          onChange={(event) => setWhy(event.currentTarget.value)}
        />
        <Button disabled={reason !== undefined || order.isPending} onClick={() => judge(true)}>
          {say.accept}
        </Button>
        <Button variant="default" disabled={reason !== undefined || order.isPending} onClick={() => judge(false)}>
          {say.reject}
        </Button>
        {reason && (
          <Text size="sm" c="dimmed">
            {reason}
          </Text>
        )}
      </Group>
      {order.error && <ProblemNotice error={order.error} />}
      <Said done={order.data} />
    </Stack>
  );
}
