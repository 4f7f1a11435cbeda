import { Stack, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState, type CSSProperties } from 'react';
import { sizingQuery } from '../../api/plans';
import type { Sizing } from '../../api/types';
import { counted, estimate, money, roundShare, tokens } from '../../format';
import { words } from '../../messages';
import { Facts } from '../../parts/facts';
import { Loaded, SkeletonLines } from '../../parts/loaded';
import styles from '../../parts/page.module.css';
import { Panel } from '../../parts/panel';
import { ScrollRegion } from '../../parts/scroll-region';
import { Twin } from '../../parts/twin';
import { Basis } from './basis';
import { OfferForm } from './offer-form';
import own from './plan.module.css';

const route = getRouteApi('/plan/sizing');
const say = words.plan.sizing;

/** How many tokens to buy: what years may need, what each amount is expected to cost, and the best one. */
export function SizingPart() {
  const [offered, setOffered] = useState('');
  const sizing = useQuery(sizingQuery(offered));
  return (
    <Stack gap="lg">
      <Panel title={say.title} busy={sizing.isPlaceholderData}>
        <Stack gap="md">
          <OfferForm onOffer={setOffered} busy={sizing.isFetching} />
          <Loaded of={sizing} waiting={say.loading} skeleton={<SkeletonLines lines={5} />}>
            {(data) => <Answer sizing={data} />}
          </Loaded>
        </Stack>
      </Panel>
      {sizing.data && <Demand sizing={sizing.data} />}
      {sizing.data && <Curve sizing={sizing.data} />}
    </Stack>
  );
}

function Answer({ sizing }: { sizing: Sizing }) {
  const { purchase, mean, baseline, reorder_at, currency, price, known_from, known_to, gaps } = sizing;
  const packs = purchase.packs.map(({ count, size }) => say.packs(counted(count), counted(size))).join(', ');
  return (
    <>
      <Facts
        facts={[
          [say.buy, words.units.tokens(purchase.quantity.tokens, estimate(purchase.quantity.tokens))],
          [say.inPacks, packs],
          [say.expectedCost, sum(purchase.quantity.expected_cost, currency)],
          [say.enough, roundShare(purchase.quantity.service_level)],
          [say.need, estimate(mean)],
          [say.lastYear, estimate(baseline)],
          [say.reorder, estimate(reorder_at)],
          [say.price, sum(price, currency)],
        ]}
      />
      <Basis from={known_from} to={known_to} gaps={gaps} />
    </>
  );
}

const sum = (amount: number, currency: string) => money({ amount: String(amount), currency });

/** The drawn years, as bars and as a table. */
function Demand({ sizing: { bars, years, quantiles } }: { sizing: Sizing }) {
  const view = route.useSearch().view;
  const navigate = route.useNavigate();
  const [first, last] = [bars[0], bars.at(-1)];
  const most = Math.max(...bars.map((bar) => bar.years));
  return (
    <Panel
      title={say.demand}
      aside={
        <Twin
          of={say.demand}
          asTable={view === 'table'}
          onShow={(wanted) => void navigate({ search: { view: wanted }, resetScroll: false, replace: true })}
        />
      }
    >
      <Text size="sm" c="dimmed" mb="sm">
        {say.drawn(counted(years), quantileOf(quantiles, 0.05), quantileOf(quantiles, 0.95))}
      </Text>
      {view === 'table' ? (
        <DemandTable bars={bars} />
      ) : (
        first &&
        last && (
          <>
            <div role="img" aria-label={say.chart(estimate(first.from), estimate(last.to))} className={own.bars}>
              {bars.map((bar) => (
                <div
                  key={bar.from}
                  className={own.bar}
                  style={{ '--years': bar.years, '--most': most } as CSSProperties}
                />
              ))}
            </div>
            <div className={own.ends} aria-hidden="true">
              <span>{estimate(first.from)}</span>
              <span>{estimate(last.to)}</span>
            </div>
          </>
        )
      )}
    </Panel>
  );
}

function quantileOf(quantiles: Sizing['quantiles'], share: number): string {
  const found = quantiles.find((each) => each.share === share);
  return found ? estimate(found.tokens) : words.table.none;
}

function DemandTable({ bars }: { bars: Sizing['bars'] }) {
  return (
    <ScrollRegion label={say.demand} maxHeight={400}>
      <Table className={styles.table} stickyHeader>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">{say.columns.from}</Table.Th>
            <Table.Th scope="col">{say.columns.to}</Table.Th>
            <Table.Th scope="col">{say.columns.years}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {bars.map((bar) => (
            <Table.Tr key={bar.from}>
              <Table.Td>{estimate(bar.from)}</Table.Td>
              <Table.Td>{estimate(bar.to)}</Table.Td>
              <Table.Td>{counted(bar.years)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </ScrollRegion>
  );
}

/** What each amount is expected to cost: bought too many, or too few. */
function Curve({ sizing: { curve, guide, currency } }: { sizing: Sizing }) {
  const rows = [
    ...curve.map((quantity) => ({ quantity, name: say.sureness(roundShare(quantity.service_level)) })),
    ...guide.map(({ quantity, factor }) => ({ quantity, name: say.buffer(tokens(factor)) })),
  ];
  return (
    <Panel title={say.costs}>
      <ScrollRegion label={say.costs} maxHeight={480}>
        <Table className={styles.table} stickyHeader>
          <Table.Thead>
            <Table.Tr>
              {[say.columns.what, say.columns.tokens, say.columns.cost, say.columns.waste, say.columns.short].map((column) => (
                <Table.Th key={column} scope="col">
                  {column}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map(({ quantity, name }) => (
              <Table.Tr key={`${name} ${quantity.tokens}`}>
                <Table.Th scope="row">{name}</Table.Th>
                <Table.Td>{estimate(quantity.tokens)}</Table.Td>
                <Table.Td>{sum(quantity.expected_cost, currency)}</Table.Td>
                <Table.Td>{estimate(quantity.expected_waste)}</Table.Td>
                <Table.Td>{estimate(quantity.expected_short)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </ScrollRegion>
    </Panel>
  );
}
