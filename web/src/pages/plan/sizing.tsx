import { Text } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import type { CSSProperties } from 'react';
import { sizingQuery } from '../../api/plans';
import type { Sizing } from '../../api/types';
import { counted, estimate, money, roundShare, tokens } from '../../format';
import { words } from '../../messages';
import { Facts } from '../../parts/facts';
import { Panel } from '../../parts/panel';
import { PlainTable } from '../../parts/plain-table';
import { Twin } from '../../parts/twin';
import { Basis } from './basis';
import { Offered } from './offered';
import own from './plan.module.css';

const route = getRouteApi('/plan/sizing');
const say = words.plan.sizing;

/** How many tokens to buy: what years may need, what each amount is expected to cost, and the best one. */
export function SizingPart() {
  return (
    <Offered
      part="sizing"
      title={say.title}
      waiting={say.loading}
      query={sizingQuery}
      answer={(sizing) => <Answer sizing={sizing} />}
      more={(sizing) => (
        <>
          <Demand sizing={sizing} />
          <Curve sizing={sizing} />
        </>
      )}
    />
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
          onShow={(wanted) => void navigate({ search: (rest) => ({ ...rest, view: wanted }), resetScroll: false, replace: true })}
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
  const { columns } = say;
  return (
    <PlainTable
      label={say.demand}
      maxHeight={400}
      rows={bars}
      rowKey={({ from }) => from}
      columns={[
        { head: columns.from, cell: ({ from }) => estimate(from) },
        { head: columns.to, cell: ({ to }) => estimate(to) },
        { head: columns.years, cell: ({ years }) => counted(years) },
      ]}
    />
  );
}

/** What each amount is expected to cost: bought too many, or too few. */
function Curve({ sizing: { curve, guide, currency } }: { sizing: Sizing }) {
  const rows = [
    ...curve.map((quantity) => ({ quantity, name: say.sureness(roundShare(quantity.service_level)) })),
    ...guide.map(({ quantity, factor }) => ({ quantity, name: say.buffer(tokens(factor)) })),
  ];
  const { columns } = say;
  return (
    <Panel title={say.costs}>
      <PlainTable
        label={say.costs}
        maxHeight={480}
        rows={rows}
        rowKey={({ quantity, name }) => `${name} ${quantity.tokens}`}
        columns={[
          { head: columns.what, cell: ({ name }) => name },
          { head: columns.tokens, cell: ({ quantity }) => estimate(quantity.tokens) },
          { head: columns.cost, cell: ({ quantity }) => sum(quantity.expected_cost, currency) },
          { head: columns.waste, cell: ({ quantity }) => estimate(quantity.expected_waste) },
          { head: columns.short, cell: ({ quantity }) => estimate(quantity.expected_short) },
        ]}
      />
    </Panel>
  );
}
