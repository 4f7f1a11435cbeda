import { Stack, Table } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { renewalQuery } from '../../api/plans';
import type { Renewal } from '../../api/types';
import { counted, estimate, money, roundShare } from '../../format';
import { words } from '../../messages';
import { Badge } from '../../parts/badge';
import { Facts } from '../../parts/facts';
import { Loaded, SkeletonLines } from '../../parts/loaded';
import styles from '../../parts/page.module.css';
import { Panel } from '../../parts/panel';
import { ScrollRegion } from '../../parts/scroll-region';
import { Basis } from './basis';
import { OfferForm } from './offer-form';

const say = words.plan.renewal;
const sum = (amount: number, currency: string) => money({ amount: String(amount), currency });

/** What to ask for at the renewal: what the vendor will propose, and what each lever is worth. */
export function RenewalPart() {
  const [offered, setOffered] = useState('');
  const renewal = useQuery(renewalQuery(offered));
  return (
    <Stack gap="lg">
      <Panel title={say.title} busy={renewal.isPlaceholderData}>
        <Stack gap="md">
          <OfferForm onOffer={setOffered} busy={renewal.isFetching} />
          <Loaded of={renewal} waiting={say.loading} skeleton={<SkeletonLines lines={5} />}>
            {(data) => <Proposal renewal={data} />}
          </Loaded>
        </Stack>
      </Panel>
      {renewal.data && <Levers renewal={renewal.data} />}
      {renewal.data && <Sensitivities renewal={renewal.data} />}
    </Stack>
  );
}

function Proposal({ renewal }: { renewal: Renewal }) {
  const { proposal, mean, known_from, known_to, gaps } = renewal;
  return (
    <>
      <Facts
        facts={[
          [say.proposed, words.units.tokens(proposal.tokens, estimate(proposal.tokens))],
          [say.growth, roundShare(proposal.growth)],
          [say.need, estimate(mean)],
          [say.waste, estimate(proposal.expected_waste)],
          [say.tooMany, roundShare(proposal.probability_below)],
          [say.leastDiscount, roundShare(proposal.least_discount)],
        ]}
      />
      <Basis from={known_from} to={known_to} gaps={gaps} />
    </>
  );
}

function Levers({ renewal: { levers, currency } }: { renewal: Renewal }) {
  return (
    <Panel title={say.levers}>
      <ScrollRegion label={say.levers} maxHeight={560}>
        <Table className={styles.table} stickyHeader>
          <Table.Thead>
            <Table.Tr>
              {[say.columns.lever, say.columns.value, say.columns.priority, say.columns.least].map((column) => (
                <Table.Th key={column} scope="col">
                  {column}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {levers.map(({ number, text, value, priority, least_discount }) => (
              <Table.Tr key={number}>
                <Table.Th scope="row" className={styles.words}>
                  {say.numbered(counted(number), text)}
                </Table.Th>
                <Table.Td>{sum(value, currency)}</Table.Td>
                <Table.Td>
                  <Badge tone={priority === 'high' ? 'warn' : 'plain'}>{say.priorities[priority] ?? priority}</Badge>
                </Table.Td>
                <Table.Td>{least_discount == null ? words.table.none : roundShare(least_discount)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </ScrollRegion>
    </Panel>
  );
}

function Sensitivities({ renewal: { sensitivities, currency } }: { renewal: Renewal }) {
  const { columns } = say;
  return (
    <Panel title={say.sensitivities}>
      <ScrollRegion label={say.sensitivities}>
        <Table className={styles.table}>
          <Table.Thead>
            <Table.Tr>
              {[columns.assumption, columns.moved, columns.low, columns.high].map((column) => (
                <Table.Th key={column} scope="col">
                  {column}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {sensitivities.map(({ assumption, moved, low, high }) => (
              <Table.Tr key={assumption}>
                <Table.Th scope="row">{say.assumptions[assumption] ?? assumption}</Table.Th>
                <Table.Td className={styles.words}>{moved}</Table.Td>
                <Table.Td>{sum(low, currency)}</Table.Td>
                <Table.Td>{sum(high, currency)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </ScrollRegion>
    </Panel>
  );
}
