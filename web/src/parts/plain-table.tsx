import { Table } from '@mantine/core';
import type { CSSProperties, Key, ReactNode } from 'react';
import styles from './page.module.css';
import { ScrollRegion } from './scroll-region';

export type PlainColumn<Row> = {
  head: string;
  cell: (row: Row) => ReactNode;
  /** Sentences may break, numbers stand at the end; the others do neither. */
  kind?: 'words' | 'number';
};

type Props<Row> = {
  label: string;
  /** The first one names the row. */
  columns: readonly PlainColumn<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row, place: number) => Key;
  /** From here on it scrolls below its head. */
  maxHeight?: CSSProperties['maxHeight'];
};

/** A table that is read from its first row to its last; what may be long is a `DataTable`. */
export function PlainTable<Row>({ label, columns, rows, rowKey, maxHeight }: Props<Row>) {
  return (
    <ScrollRegion label={label} maxHeight={maxHeight}>
      <Table className={styles.table} stickyHeader={maxHeight !== undefined}>
        <Table.Thead>
          <Table.Tr>
            {columns.map(({ head, kind }) => (
              <Table.Th key={head} scope="col" className={kind === 'number' ? styles.number : undefined}>
                {head}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row, place) => (
            <Table.Tr key={rowKey(row, place)}>
              {columns.map(({ head, cell, kind }, column) =>
                column === 0 ? (
                  <Table.Th key={head} scope="row" className={kind && styles[kind]}>
                    {cell(row)}
                  </Table.Th>
                ) : (
                  <Table.Td key={head} className={kind && styles[kind]}>
                    {cell(row)}
                  </Table.Td>
                ),
              )}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </ScrollRegion>
  );
}
