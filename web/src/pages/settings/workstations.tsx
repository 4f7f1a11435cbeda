import { Button, Checkbox, Group, NativeSelect, Stack, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { isForbidden } from '../../api/client';
import { useOrder } from '../../api/orders';
import { agentsQuery, useMakeCodes } from '../../api/settings';
import type { Agent } from '../../api/types';
import { counted } from '../../format';
import { words } from '../../messages';
import { Badge } from '../../parts/badge';
import { Command } from '../../parts/command';
import { EmptyNote } from '../../parts/empty-note';
import { Loaded, SkeletonLines } from '../../parts/loaded';
import styles from '../../parts/page.module.css';
import { Panel } from '../../parts/panel';
import { PlainTable } from '../../parts/plain-table';
import { ProblemNotice } from '../../parts/problem-notice';
import { Said } from '../../parts/said';
import { useMoments } from '../../parts/use-moments';
import { useRight } from '../../parts/use-right';
import { Withheld } from '../../parts/withheld';

const say = words.settings.workstations;

/** The workstations whose agent speaks for them, and codes for more of them. */
export function WorkstationsPart() {
  const agents = useQuery(agentsQuery);
  const mayRun = useRight('run-faregate') === true;
  if (isForbidden(agents.error)) return <Withheld title={say.title}>{say.withheld}</Withheld>;
  return (
    <div className={styles.page}>
      <Panel title={say.title}>
        <Loaded of={agents} waiting={say.loading} skeleton={<SkeletonLines lines={4} height={34} />}>
          {({ rows }) =>
            rows.length === 0 ? (
              <EmptyNote title={say.emptyTitle} detail={say.emptyDetail} />
            ) : (
              <Agents rows={rows} mayRun={mayRun} />
            )
          }
        </Loaded>
      </Panel>
      {mayRun && <CodesPanel />}
    </div>
  );
}

function Agents({ rows, mayRun }: { rows: Agent[]; mayRun: boolean }) {
  const when = useMoments();
  const order = useOrder();
  const revoke = (agent: Agent) => (
    <Button
      size="compact-sm"
      variant="default"
      disabled={Boolean(agent.revoked) || order.isPending}
      aria-label={say.revokeNamed(agent.name)}
      onClick={() => order.mutate({ order: 'revoke-device', device: agent.id })}
    >
      {agent.revoked ? say.revoked : say.revoke}
    </Button>
  );
  return (
    <Stack gap="md">
      <PlainTable
        label={say.title}
        rows={rows}
        rowKey={({ id }) => id}
        columns={[
          { head: say.columns.name, cell: ({ name }) => name },
          { head: say.columns.state, cell: (agent) => <State agent={agent} /> },
          { head: say.columns.heard, cell: ({ heard }) => (heard ? when(heard) : say.neverHeard) },
          { head: say.columns.person, cell: ({ person }) => person ?? words.table.none },
          { head: say.columns.sessions, kind: 'number', cell: ({ sessions }) => counted(sessions ?? 0) },
          { head: say.columns.version, cell: ({ version }) => version ?? words.table.none },
          { head: say.columns.enrolled, cell: ({ enrolled }) => when(enrolled) },
          ...(mayRun ? [{ head: say.columns.revoke, cell: revoke }] : []),
        ]}
      />
      {order.error && <ProblemNotice error={order.error} />}
      <Said done={order.data} />
    </Stack>
  );
}

function State({ agent: { revoked, heard } }: { agent: Agent }) {
  if (revoked) return <Badge tone="bad">{say.states.revoked}</Badge>;
  return heard ? <Badge tone="good">{say.states.heard}</Badge> : <Badge tone="warn">{say.states.silent}</Badge>;
}

const DAYS = ['1', '7', '30'] as const;

function CodesPanel() {
  const [count, setCount] = useState('1');
  const [days, setDays] = useState<string>('1');
  const [shared, setShared] = useState(false);
  const make = useMakeCodes();
  const when = useMoments();
  const wanted = Number(count);
  const missing = !/^\d{1,4}$/.test(count) || wanted < 1 || wanted > 1_000;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!missing) make.mutate({ count: wanted, days: Number(days), shared });
  };
  return (
    <Panel title={say.codes.title}>
      <form onSubmit={submit}>
        <Stack gap="md">
          <Text>{say.codes.help}</Text>
          <Group gap="sm" align="end">
            <TextInput
              label={say.codes.count}
              inputMode="numeric"
              w="7rem"
              value={count}
              error={missing && say.codes.countHelp}
              onChange={(event) => setCount(event.currentTarget.value)}
            />
            <NativeSelect
              label={say.codes.days}
              value={days}
              data={DAYS.map((each) => ({ value: each, label: words.units.days(Number(each), each) }))}
              onChange={(event) => setDays(event.currentTarget.value)}
            />
            <Button type="submit" disabled={missing} loading={make.isPending}>
              {say.codes.make}
            </Button>
          </Group>
          <Checkbox
            label={say.codes.shared}
            description={say.codes.sharedHelp}
            checked={shared}
            onChange={(event) => setShared(event.currentTarget.checked)}
          />
          {make.error && <ProblemNotice error={make.error} />}
          {make.data && (
            <Stack gap="xs" role="status">
              <Text fw={650}>{say.codes.shownOnce(when(make.data.expires))}</Text>
              {make.data.codes.map((code) => (
                <Command key={code}>{`echo ${code} | faregate-agent enrol --server ${window.location.origin}`}</Command>
              ))}
            </Stack>
          )}
        </Stack>
      </form>
    </Panel>
  );
}
