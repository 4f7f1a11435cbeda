import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { decisionQuery, refusalsQuery } from '../../api/gate';
import type { Decision } from '../../api/types';
import { words } from '../../messages';
import { Badge } from '../../parts/badge';
import { Loaded, SkeletonLines } from '../../parts/loaded';
import { Panel } from '../../parts/panel';
import { PlainTable } from '../../parts/plain-table';
import { Prose } from '../../parts/prose';
import { useMoments } from '../../parts/use-moments';

const say = words.gate.explain;

/** A place in the journal, or the id of a session. */
const DECISION = /^s?\d{1,19}$/;

type Props = { decision: string | undefined; onExplain: (decision: string) => void };

/** One decision, recomputed from the journal, with the facts that mattered. */
export function ExplainPanel({ decision, onExplain }: Props) {
  const [text, setText] = useState(decision ?? '');
  const wanted = text.trim();
  const why = wanted === '' ? say.none : DECISION.test(wanted) ? undefined : say.notOne;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!why) onExplain(wanted);
  };
  return (
    <Panel title={say.title}>
      <Stack gap="md">
        <form onSubmit={submit} data-no-print>
          <Group gap="sm" align="end">
            <TextInput
              label={say.label}
              description={say.help}
              value={text}
              maxLength={20}
              onChange={(event) => setText(event.currentTarget.value)}
            />
            <Button type="submit" disabled={why !== undefined}>
              {say.submit}
            </Button>
            {why && (
              <Text size="sm" c="dimmed">
                {why}
              </Text>
            )}
          </Group>
        </form>
        {decision && <Explained decision={decision} />}
      </Stack>
    </Panel>
  );
}

/** One decision with its facts. */
export function Explained({ decision }: { decision: string }) {
  const explained = useQuery(decisionQuery(decision));
  return (
    <Loaded of={explained} waiting={say.loading} skeleton={<SkeletonLines lines={5} />}>
      {(data) => <Told decision={data} />}
    </Loaded>
  );
}

function Told({ decision: { decision, at, decided, recomputed, holds, facts } }: { decision: Decision }) {
  const when = useMoments();
  const refusals = useQuery(refusalsQuery).data?.rows;
  const refusal = refusals?.find(({ code }) => code === decided);
  const opened = decided === 'opened';
  return (
    <Stack gap="sm">
      <Group gap="sm">
        <Text fw={650}>{say.head(String(decision), when(at))}</Text>
        <Badge tone={opened ? 'good' : 'warn'}>{opened ? say.opened : decided}</Badge>
      </Group>
      {refusal && <Text>{refusal.detail}</Text>}
      {refusal && refusal.remedies.length > 0 && (
        <div>
          <Text size="sm" c="dimmed">
            {say.remedies}
          </Text>
          <ul>
            {refusal.remedies.map((remedy) => (
              <li key={remedy}>{remedy}</li>
            ))}
          </ul>
        </div>
      )}
      <Text size="sm" c={holds ? 'dimmed' : 'var(--bad-ink)'}>
        {holds ? say.holds : say.differs(recomputed === 'opened' ? say.opened : recomputed)}
      </Text>
      <PlainTable
        label={say.facts}
        rows={facts}
        rowKey={(_, place) => place}
        columns={[
          { head: say.fact, cell: ({ name }) => say.names[name] ?? name },
          { head: say.found, kind: 'words', cell: ({ found }) => <Prose>{found}</Prose> },
        ]}
      />
    </Stack>
  );
}
