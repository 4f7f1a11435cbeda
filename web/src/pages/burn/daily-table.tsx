import { Table } from '@mantine/core';
import { memo, useMemo } from 'react';
import type { Burn, DailyBurn } from '../../api/types';
import { day, tokens } from '../../format';
import { words } from '../../messages';
import { ScrollRegion } from '../../parts/scroll-region';
import styles from './table.module.css';

const say = words.burn.daily;

type Props = { daily: DailyBurn; days: Burn | undefined };

/** The chart's twin: every number of the chart, the newest day first. */
export const DailyTable = memo(function DailyTable({ daily, days }: Props) {
  const totals = useMemo(() => new Map(days?.rows.map((row) => [row.key, row.tokens])), [days]);
  const newestFirst = daily.days.map((_, index) => daily.days.length - 1 - index);
  return (
    <ScrollRegion label={say.tableLabel(day(daily.from), day(daily.to))} maxHeight={420}>
      <Table stickyHeader className={styles.table} data-testid="daily-table">
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col" className={styles.first}>
              {say.day}
            </Table.Th>
            {daily.series.map((series) => (
              <Table.Th key={series.key} scope="col" className={styles.number}>
                {series.name}
              </Table.Th>
            ))}
            {days && (
              <Table.Th scope="col" className={styles.number}>
                {say.totalColumn}
              </Table.Th>
            )}
            {daily.plan && (
              <Table.Th scope="col" className={styles.number}>
                {say.plan}
              </Table.Th>
            )}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {newestFirst.map((index) => (
            <DayRow
              key={daily.days[index]}
              date={day(daily.days[index] ?? daily.from)}
              products={daily.series.map((series) => tokens(series.tokens[index] ?? 0))}
              total={days && tokens(totals.get(daily.days[index] ?? '') ?? 0)}
              plan={daily.plan ? tokens(daily.plan[index] ?? 0) : undefined}
            />
          ))}
        </Table.Tbody>
      </Table>
    </ScrollRegion>
  );
});

type RowProps = { date: string; products: string[]; total: string | undefined; plan: string | undefined };

// A commit changes today's row; the other 364 are left as they are.
const DayRow = memo(function DayRow({ date, products, total, plan }: RowProps) {
  return (
    <Table.Tr>
      <Table.Th scope="row" className={styles.first}>
        {date}
      </Table.Th>
      {products.map((shown, product) => (
        <Table.Td key={product} className={styles.number}>
          {shown}
        </Table.Td>
      ))}
      {total !== undefined && (
        <Table.Td className={styles.number} fw={650}>
          {total}
        </Table.Td>
      )}
      {plan !== undefined && <Table.Td className={styles.number}>{plan}</Table.Td>}
    </Table.Tr>
  );
}, sameRow);

function sameRow(before: RowProps, after: RowProps): boolean {
  return (
    before.date === after.date &&
    before.total === after.total &&
    before.plan === after.plan &&
    before.products.length === after.products.length &&
    before.products.every((shown, product) => shown === after.products[product])
  );
}
