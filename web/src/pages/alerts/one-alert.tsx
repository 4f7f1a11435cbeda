import { Button, Group, Stack, Text, Textarea, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useOrder } from '../../api/orders';
import { alertQuery } from '../../api/queries';
import type { Alert, RunbookStep } from '../../api/types';
import { counted } from '../../format';
import { words } from '../../messages';
import { CheckIcon } from '../../parts/icons';
import { Loaded, SkeletonLines } from '../../parts/loaded';
import { Panel } from '../../parts/panel';
import { ProblemNotice } from '../../parts/problem-notice';
import { AlertHistory } from './alert-history';
import { Said } from '../../parts/said';
import styles from './one-alert.module.css';
import { Severity } from './severity';
import { useMoments, useToldMoments } from '../../parts/use-moments';

const route = getRouteApi('/alerts/list/$id');
const say = words.alerts.one;

/** What only tells something may be asked again; what changes something is done once an alert. */
const ASKED_AGAIN = ['review-people', 'size-top-up', 'mute'];

/** One alert: what happened, what to do about it, and what was done. */
export function OneAlert() {
  const { id } = route.useParams();
  const alert = useQuery(alertQuery(id));
  return (
    <div className={styles.beside}>
      <Link to="/alerts" search={(rest) => rest} className={styles.back}>
        {say.back}
      </Link>
      <Panel title={alert.data?.name ?? id} aside={alert.data && <Severity of={alert.data.severity} />}>
        <Loaded of={alert} waiting={say.loading} skeleton={<SkeletonLines lines={6} />}>
          {/* Another alert begins with an empty note. */}
          {(data) => <Opened key={data.id} alert={data} />}
        </Loaded>
      </Panel>
    </div>
  );
}

function Opened({ alert }: { alert: Alert }) {
  const when = useMoments();
  const told = useToldMoments();
  return (
    <Stack gap="lg">
      <div>
        <Text className={styles.said}>{told(alert.said)}</Text>
        <Text size="sm" c="dimmed">
          {[
            say.raised(when(alert.at)),
            alert.ended && say.ended(when(alert.ended)),
            say.rule(alert.rule),
          ]
            .filter(Boolean)
            .join(' · ')}
        </Text>
      </div>
      <Handling alert={alert} />
      <Facts facts={alert.facts} />
      <AlertHistory alert={alert} />
    </Stack>
  );
}

function Facts({ facts }: { facts: Alert['facts'] }) {
  if (facts.length === 0) return null;
  return (
    <section>
      <Title order={3} size="h5" mb="xs">
        {say.facts}
      </Title>
      <dl className={styles.facts}>
        {facts.map(({ label, value }) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

/** What can be done: take it on, and the steps of the runbook. A note goes with whatever is done next. */
function Handling({ alert }: { alert: Alert }) {
  const [note, setNote] = useState('');
  const order = useOrder();
  const over = Boolean(alert.ended);
  const give = (given: Parameters<typeof order.mutate>[0]) =>
    order.mutate(given, { onSuccess: () => setNote('') });
  return (
    <section className={styles.handling}>
      <TakeOn
        alert={alert}
        busy={order.isPending}
        onTake={() => give({ order: 'acknowledge-alert', alert: alert.id, note })}
      />
      <Title order={3} size="h5">
        {say.steps}
      </Title>
      {alert.steps.length === 0 ? (
        <Text c="dimmed">{say.noSteps}</Text>
      ) : (
        <ol className={styles.steps}>
          {alert.steps.map((step, place) => (
            <Step
              key={place}
              step={step}
              number={place + 1}
              over={over}
              busy={order.isPending}
              onDo={() => give({ order: 'do-alert-step', alert: alert.id, step: place + 1, note })}
            />
          ))}
        </ol>
      )}
      {!over && (
        <Textarea
          label={say.note}
          description={say.noteHelp}
          value={note}
          maxLength={500}
          rows={2}
          onChange={(event) => setNote(event.currentTarget.value)}
        />
      )}
      {order.error && <ProblemNotice error={order.error} />}
      <Said done={order.data} />
    </section>
  );
}

type TakeOnProps = { alert: Alert; busy: boolean; onTake: () => void };

function TakeOn({ alert, busy, onTake }: TakeOnProps) {
  const why = alert.ended ? say.over : alert.acknowledged ? say.takenOn : null;
  return (
    <Group gap="sm">
      <Button size="sm" disabled={why !== null || busy} onClick={onTake}>
        {say.takeOn}
      </Button>
      <Text size="sm" c="dimmed" className={styles.why}>
        {why ?? say.takeOnWhy}
      </Text>
    </Group>
  );
}

type StepProps = { step: RunbookStep; number: number; over: boolean; busy: boolean; onDo: () => void };

function Step({ step, number, over, busy, onDo }: StepProps) {
  const once = !ASKED_AGAIN.includes(step.do);
  const why = over ? say.over : step.done && once ? say.doneAlready : null;
  const deed = say.deeds[step.do] ?? say.deeds.manual ?? step.do;
  return (
    <li className={styles.step} data-done={step.done}>
      <span className={styles.box} aria-hidden="true">
        {step.done ? <CheckIcon size={16} /> : counted(number)}
      </span>
      <div className={styles.stepBody}>
        <Text>{step.text}</Text>
        <Group gap="sm">
          <Button
            size="xs"
            variant="default"
            disabled={why !== null || busy}
            aria-label={say.step(counted(number), deed)}
            onClick={onDo}
          >
            {deed}
          </Button>
          {step.done && (
            <Text span size="sm" fw={600}>
              {say.stepDone}
            </Text>
          )}
          {why && (
            <Text span size="sm" c="dimmed">
              {why}
            </Text>
          )}
        </Group>
      </div>
    </li>
  );
}
