import { Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { deliveriesQuery } from '../../api/queries';
import type { Delivery } from '../../api/types';
import { counted } from '../../format';
import { words } from '../../messages';
import { Loaded, SkeletonLines } from '../../parts/loaded';
import { Panel } from '../../parts/panel';
import { Prose } from '../../parts/prose';
import { ScrollRegion } from '../../parts/scroll-region';
import table from './table.module.css';
import { useMoments } from '../../parts/use-moments';

const say = words.alerts.deliveries;
const COLUMNS = ['at', 'channel', 'title', 'kind', 'state', 'tries', 'why'] as const;

/** What was sent, what waits to be, and what was given up: the newest first. */
export function DeliveriesPanel() {
  const deliveries = useQuery(deliveriesQuery);
  return (
    <Panel title={say.title}>
      <Loaded of={deliveries} waiting={say.loading} skeleton={<SkeletonLines lines={4} height={34} />}>
        {(data) =>
          data.deliveries.length === 0 ? (
            <Text c="dimmed">{say.empty}</Text>
          ) : (
            <ScrollRegion label={say.title} maxHeight={480}>
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
                  {data.deliveries.map((delivery) => (
                    <DeliveryRow key={`${delivery.id} ${delivery.channel}`} delivery={delivery} />
                  ))}
                </Table.Tbody>
              </Table>
            </ScrollRegion>
          )
        }
      </Loaded>
    </Panel>
  );
}

function DeliveryRow({ delivery }: { delivery: Delivery }) {
  const when = useMoments();
  const { at, channel, title, kind, state, tries, why, held } = delivery;
  return (
    <Table.Tr>
      <Table.Td>{when(at)}</Table.Td>
      <Table.Td>{channel}</Table.Td>
      <Table.Td className={table.words}>{title}</Table.Td>
      <Table.Td>{say.kinds[kind] ?? kind}</Table.Td>
      <Table.Td>
        {say.states[state] ?? state}
        {held && state === 'waiting' && <span className={table.soft}>{say.held}</span>}
      </Table.Td>
      <Table.Td className={table.number}>{counted(tries)}</Table.Td>
      <Table.Td className={table.words}>{why ? <Prose>{why}</Prose> : say.none}</Table.Td>
    </Table.Tr>
  );
}
