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
            <DayRow key={daily.days[index]} daily={daily} index={index} totals={days ? totals : undefined} />
          ))}
        </Table.Tbody>
      </Table>
    </ScrollRegion>
  );
});

type RowProps = { daily: DailyBurn; index: number; totals: Map<string, number> | undefined };

function DayRow({ daily, index, totals }: RowProps) {
  const date = daily.days[index] ?? '';
  return (
    <Table.Tr>
      <Table.Th scope="row" className={styles.first}>
        {day(date)}
      </Table.Th>
      {daily.series.map((series) => (
        <Table.Td key={series.key} className={styles.number}>
          {tokens(series.tokens[index] ?? 0)}
        </Table.Td>
      ))}
      {totals && (
        <Table.Td className={styles.number} fw={650}>
          {tokens(totals.get(date) ?? 0)}
        </Table.Td>
      )}
      {daily.plan && <Table.Td className={styles.number}>{tokens(daily.plan[index] ?? 0)}</Table.Td>}
    </Table.Tr>
  );
}
