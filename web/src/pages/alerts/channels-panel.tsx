import { Button, Stack, Table, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { isForbidden, postFor } from '../../api/client';
import { channelsQuery, deliveriesQuery } from '../../api/queries';
import type { Channel } from '../../api/types';
import { counted } from '../../format';
import { words } from '../../messages';
import { AlertIcon, CheckIcon, InfoIcon } from '../../parts/icons';
import { Loaded, SkeletonLines } from '../../parts/loaded';
import { Panel } from '../../parts/panel';
import { ProblemNotice } from '../../parts/problem-notice';
import { Prose } from '../../parts/prose';
import { ScrollRegion } from '../../parts/scroll-region';
import { Withheld } from '../../parts/withheld';
import { DeliveriesPanel } from './deliveries-panel';
import styles from './channels-panel.module.css';
import table from './table.module.css';

const say = words.alerts.channels;
const COLUMNS = ['name', 'state', 'leadsTo', 'why', 'waiting', 'givenUp', 'test'] as const;
const ICONS: Record<string, typeof InfoIcon> = { well: CheckIcon, failing: AlertIcon, off: AlertIcon };

/** Where people are told, whether it works, and what was sent lately. */
export function ChannelsPanel() {
  const channels = useQuery(channelsQuery);
  if (isForbidden(channels.error)) {
    return <Withheld title={say.title}>{say.withheld}</Withheld>;
  }
  return (
    <Stack gap="lg">
      <Panel title={say.title}>
        <Loaded of={channels} waiting={say.loading} skeleton={<SkeletonLines lines={3} height={34} />}>
          {(data) => (data.channels.length === 0 ? <NoChannels /> : <ChannelsTable channels={data.channels} />)}
        </Loaded>
      </Panel>
      <DeliveriesPanel />
    </Stack>
  );
}

function NoChannels() {
  return (
    <>
      <Text fw={600}>{say.emptyTitle}</Text>
      <Text c="dimmed">
        <Prose>{say.emptyDetail}</Prose>
      </Text>
    </>
  );
}

function ChannelsTable({ channels }: { channels: Channel[] }) {
  return (
    <ScrollRegion label={say.title}>
      <Table className={table.table}>
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
          {channels.map((channel) => (
            <ChannelRow key={channel.name} channel={channel} />
          ))}
        </Table.Tbody>
      </Table>
    </ScrollRegion>
  );
}

function ChannelRow({ channel }: { channel: Channel }) {
  const { name, kind, state, quiet_now, leads_to, why, waiting, given_up } = channel;
  const Icon = ICONS[state] ?? InfoIcon;
  return (
    <Table.Tr>
      <Table.Th scope="row">
        {name}
        <span className={table.soft}>{say.kinds[kind] ?? kind}</span>
      </Table.Th>
      <Table.Td>
        <span className={styles.state} data-state={state}>
          <Icon size={15} />
          {say.states[state] ?? state}
        </span>
        {quiet_now && <span className={table.soft}>{say.quiet}</span>}
      </Table.Td>
      <Table.Td>{leads_to}</Table.Td>
      <Table.Td className={table.words}>
        <Prose>{why}</Prose>
      </Table.Td>
      <Table.Td className={table.number}>{counted(waiting)}</Table.Td>
      <Table.Td className={table.number}>{counted(given_up)}</Table.Td>
      <Table.Td className={table.words}>
        <Test name={name} />
      </Table.Td>
    </Table.Tr>
  );
}

/** Sends a test, and says what came of it. */
function Test({ name }: { name: string }) {
  const client = useQueryClient();
  const test = useMutation({
    mutationFn: () => postFor('/v1/channels/{name}/test', { member: name }),
    onSettled: () =>
      Promise.all(
        [channelsQuery, deliveriesQuery].map(({ queryKey }) => client.invalidateQueries({ queryKey })),
      ),
  });
  const { data, error } = test;
  return (
    <>
      <Button
        size="xs"
        variant="default"
        loading={test.isPending}
        aria-label={say.testNamed(name)}
        onClick={() => test.mutate()}
      >
        {say.test}
      </Button>
      <div role="status">
        {data?.sent && <Text size="sm">{say.testSent}</Text>}
        {data && !data.sent && (
          <>
            <Text size="sm" c="var(--warn-ink)">
              <Prose>{data.why ? say.testFailed(data.why) : say.testFailedPlain}</Prose>
            </Text>
            {data.help && (
              <Text size="sm">
                <Prose>{data.help}</Prose>
              </Text>
            )}
          </>
        )}
      </div>
      {error && <ProblemNotice error={error} />}
    </>
  );
}
