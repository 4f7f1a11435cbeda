import { Table } from '@mantine/core';
import type { Forecast } from '../../api/types';
import { day, estimate } from '../../format';
import { words } from '../../messages';
import { ScrollRegion } from '../../parts/scroll-region';
import styles from './table.module.css';

const say = words.burn.forecast;

/** The chart's twin: every day ahead, today first. */
export function ForecastTable({ forecast: { days, tokens } }: { forecast: Forecast }) {
  return (
    <ScrollRegion label={say.tableLabel(day(days[0] ?? ''), day(days.at(-1) ?? ''))} maxHeight={320}>
      <Table stickyHeader className={styles.table} data-testid="forecast-table">
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">{words.burn.daily.day}</Table.Th>
            <Table.Th scope="col" className={styles.number}>
              {say.expected}
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {days.map((date, place) => (
            <Table.Tr key={date}>
              <Table.Th scope="row">{day(date)}</Table.Th>
              <Table.Td className={styles.number}>{estimate(tokens[place] ?? 0)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </ScrollRegion>
  );
}
