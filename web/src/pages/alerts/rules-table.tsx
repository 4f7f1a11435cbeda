import { Button, Group, Menu, Popover, Stack, Table, Text } from '@mantine/core';
import { useState } from 'react';
import type { AlertRule, Order } from '../../api/types';
import { counted } from '../../format';
import { words } from '../../messages';
import { Prose } from '../../parts/prose';
import { ScrollRegion } from '../../parts/scroll-region';
import { Severity } from './severity';
import styles from './table.module.css';
import { useMoments } from '../../parts/use-moments';

const say = words.alerts.rules;

const HOUR_MS = 3_600_000;
const LENGTHS = { hour: 1, shift: 4, day: 24, week: 168, month: 720 } as const;
const COLUMNS = ['name', 'watches', 'severity', 'tells', 'open', 'muted', 'actions'] as const;

type Acting = { busy: boolean; onOrder: (order: Order) => void };

export function RulesTable({ rules, ...acting }: Acting & { rules: AlertRule[] }) {
  return (
    <ScrollRegion label={say.title}>
      <Table className={styles.table}>
        <Table.Thead>
          <Table.Tr>
            {COLUMNS.map((column) => (
              <Table.Th key={column} scope="col">
                {say.columns[column]}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rules.map((rule) => (
            <RuleRow key={rule.key} rule={rule} {...acting} />
          ))}
        </Table.Tbody>
      </Table>
    </ScrollRegion>
  );
}

function RuleRow({ rule, ...acting }: Acting & { rule: AlertRule }) {
  const when = useMoments();
  return (
    <Table.Tr>
      <Table.Th scope="row" className={styles.words}>
        {rule.name}
        {rule.name !== rule.key && <span className={styles.soft}>{rule.key}</span>}
        {rule.error && (
          <span className={styles.warning}>
            <Prose>{say.notWatched(rule.error)}</Prose>
          </span>
        )}
      </Table.Th>
      <Table.Td className={styles.words}>{rule.watches}</Table.Td>
      <Table.Td>
        <Severity of={rule.severity} />
      </Table.Td>
      <Table.Td>{rule.channels.length === 0 ? say.tellsNobody : rule.channels.join(', ')}</Table.Td>
      <Table.Td className={styles.number}>{counted(rule.open)}</Table.Td>
      <Table.Td>{rule.muted_until ? when(rule.muted_until) : say.notMuted}</Table.Td>
      <Table.Td>
        <Group gap="xs" wrap="nowrap">
          {rule.muted_until ? <Unmute rule={rule} {...acting} /> : <Mute rule={rule} {...acting} />}
          <Remove rule={rule} {...acting} />
        </Group>
      </Table.Td>
    </Table.Tr>
  );
}

function Mute({ rule: { key, name }, busy, onOrder }: Acting & { rule: AlertRule }) {
  const mute = (hours: number) => onOrder({ order: 'mute-alert-rule', key, until: inHours(hours) });
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <Button size="xs" variant="default" disabled={busy} aria-label={say.muteNamed(name)}>
          {say.mute}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label c="dimmed">{say.muteFor}</Menu.Label>
        {Object.entries(LENGTHS).map(([length, hours]) => (
          <Menu.Item key={length} onClick={() => mute(hours)}>
            {say.lengths[length as keyof typeof LENGTHS]}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function Unmute({ rule: { key, name }, busy, onOrder }: Acting & { rule: AlertRule }) {
  return (
    <Button
      size="xs"
      variant="default"
      disabled={busy}
      aria-label={say.unmuteNamed(name)}
      onClick={() => onOrder({ order: 'mute-alert-rule', key, until: null })}
    >
      {say.unmute}
    </Button>
  );
}

/** Asks first: what a removed rule has raised ends with it. */
function Remove({ rule: { key, name }, busy, onOrder }: Acting & { rule: AlertRule }) {
  const [asking, setAsking] = useState(false);
  const remove = () => {
    setAsking(false);
    onOrder({ order: 'remove-alert-rule', key });
  };
  return (
    <Popover opened={asking} onChange={setAsking} width={280} position="bottom-end" withArrow shadow="md" trapFocus>
      <Popover.Target>
        <Button
          size="xs"
          variant="default"
          disabled={busy}
          aria-label={say.removeNamed(name)}
          onClick={() => setAsking(!asking)}
        >
          {say.remove}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={say.removeNamed(name)}>
        <Stack gap="sm">
          <Text size="sm">{say.removeAsk(name)}</Text>
          <Group gap="xs">
            <Button size="xs" onClick={remove}>
              {say.removeYes}
            </Button>
            <Button size="xs" variant="default" onClick={() => setAsking(false)}>
              {say.removeNo}
            </Button>
          </Group>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}

function inHours(hours: number): string {
  return new Date(Date.now() + hours * HOUR_MS).toISOString();
}
