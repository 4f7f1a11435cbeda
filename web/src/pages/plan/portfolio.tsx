import { Stack, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { portfolioQuery } from '../../api/plans';
import type { Portfolio } from '../../api/types';
import { counted, money, roundShare, share } from '../../format';
import { words } from '../../messages';
import { Badge } from '../../parts/badge';
import { Facts } from '../../parts/facts';
import { Loaded, SkeletonLines } from '../../parts/loaded';
import styles from '../../parts/page.module.css';
import { Panel } from '../../parts/panel';
import { ScrollRegion } from '../../parts/scroll-region';
import { Basis } from './basis';
import { OfferForm } from './offer-form';

const say = words.plan.portfolio;

/** The mix of seats and tokens that costs least, with the proof that nothing costs less. */
export function PortfolioPart() {
  const [offered, setOffered] = useState('');
  const portfolio = useQuery(portfolioQuery(offered));
  return (
    <Stack gap="lg">
      <Panel title={say.title} busy={portfolio.isPlaceholderData}>
        <Stack gap="md">
          <OfferForm onOffer={setOffered} busy={portfolio.isFetching} />
          <Loaded of={portfolio} waiting={say.loading} skeleton={<SkeletonLines lines={5} />}>
            {(data) => <Answer portfolio={data} />}
          </Loaded>
        </Stack>
      </Panel>
      {portfolio.data && (
        <div className={styles.pair}>
          <Offerings portfolio={portfolio.data} />
          <Certificate portfolio={portfolio.data} />
        </div>
      )}
      {portfolio.data && <Alternatives portfolio={portfolio.data} />}
    </Stack>
  );
}

function Answer({ portfolio }: { portfolio: Portfolio }) {
  const { cost, seats, tokens_cost, tokens, on_seats, people, known_from, known_to, gaps } = portfolio;
  return (
    <>
      <Facts
        facts={[
          [say.cost, money(cost)],
          [say.seats, money(seats)],
          [say.tokensCost, money(tokens_cost)],
          [say.tokens, words.units.tokens(tokens, counted(tokens))],
          [say.onSeats, say.ofPeople(counted(on_seats), counted(people))],
        ]}
      />
      <Basis from={known_from} to={known_to} gaps={gaps} />
    </>
  );
}

function Offerings({ portfolio: { offerings } }: { portfolio: Portfolio }) {
  return (
    <Panel title={say.offerings}>
      <Table className={styles.table}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">{say.columns.offering}</Table.Th>
            <Table.Th scope="col">{say.columns.now}</Table.Th>
            <Table.Th scope="col">{say.columns.then}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {offerings.map(({ offering, name, now, seats }) => (
            <Table.Tr key={offering}>
              <Table.Th scope="row">{name}</Table.Th>
              <Table.Td>{counted(now)}</Table.Td>
              <Table.Td>{counted(seats)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Panel>
  );
}

function Certificate({ portfolio: { lower_bound, gap, is_checked, bands, marginals } }: { portfolio: Portfolio }) {
  return (
    <Panel
      title={say.certificate}
      aside={<Badge tone={is_checked ? 'good' : 'bad'}>{is_checked ? say.checked : say.unchecked}</Badge>}
    >
      <Stack gap="sm">
        <Text>{say.bound(money(lower_bound), share(gap))}</Text>
        <ul>
          {bands.map(({ text, bound }) => (
            <li key={text}>{say.band(text, money(bound))}</li>
          ))}
          {marginals.map(({ text, value }) => (
            <li key={text}>{say.marginal(text, money(value))}</li>
          ))}
        </ul>
      </Stack>
    </Panel>
  );
}

function Alternatives({ portfolio: { alternatives } }: { portfolio: Portfolio }) {
  const { columns } = say;
  return (
    <Panel title={say.alternatives}>
      <ScrollRegion label={say.alternatives}>
        <Table className={styles.table}>
          <Table.Thead>
            <Table.Tr>
              {[columns.buffer, columns.service, columns.cost, columns.seats, columns.tokens].map((column) => (
                <Table.Th key={column} scope="col">
                  {column}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {alternatives.map(({ buffer, service, cost, seats, tokens }) => (
              <Table.Tr key={buffer}>
                <Table.Th scope="row">{roundShare(buffer)}</Table.Th>
                <Table.Td>{roundShare(service)}</Table.Td>
                <Table.Td>{money(cost)}</Table.Td>
                <Table.Td>{counted(seats)}</Table.Td>
                <Table.Td>{counted(tokens)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </ScrollRegion>
    </Panel>
  );
}
