import { Text, VisuallyHidden } from '@mantine/core';
import { useId, useState, type CSSProperties, type KeyboardEvent } from 'react';
import { clock } from '../format';
import { words } from '../messages';
import styles from './heat-map.module.css';

const say = words.heatMap;

/** The hours of a day, as columns; there is room for one in three below them. */
export const HOURS = Array.from({ length: 24 }, (_, hour) => hour);
const TICK_EVERY = 3;
export const HOUR_TICKS = HOURS.map((hour) => (hour % TICK_EVERY === 0 ? clock(hour) : ''));

export type HeatRow = { key: string; name: string; amounts: readonly number[] };

type Props = {
  label: string;
  rows: readonly HeatRow[];
  /** What stands below a column; an empty text where there is no room for each. */
  ticks: readonly string[];
  /** One cell in words. */
  cell: (row: HeatRow, column: number) => string;
};

type Cursor = { row: number; column: number };

/** Rows of coloured cells: the stronger the colour, the more. The arrow keys walk over them, and each is read out. */
export function HeatMap({ label, rows, ticks, cell }: Props) {
  const [cursor, setCursor] = useState<Cursor | null>(null);
  const [pointed, setPointed] = useState<Cursor | null>(null);
  const help = useId();
  const most = Math.max(...rows.flatMap(({ amounts }) => amounts), 0);
  const told = (at: Cursor | null) => {
    const row = at && rows[at.row];
    return row ? cell(row, at.column) : '';
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const next = moved(event.key, cursor, rows.length - 1, ticks.length - 1);
    if (next === undefined) return;
    event.preventDefault();
    setCursor(next);
  };
  return (
    <div>
      <div
        className={styles.map}
        role="group"
        tabIndex={0}
        aria-label={label}
        aria-describedby={help}
        onKeyDown={onKeyDown}
        onBlur={() => setCursor(null)}
      >
        <div className={styles.grid} style={{ '--most': most, '--columns': ticks.length } as CSSProperties} aria-hidden="true">
          {rows.map(({ key, name, amounts }, row) => (
            <div key={key} className={styles.row} onPointerLeave={() => setPointed(null)}>
              <div className={styles.name}>{name}</div>
              {amounts.map((amount, column) => (
                <div
                  key={column}
                  className={styles.cell}
                  data-at={cursor?.row === row && cursor.column === column}
                  style={{ '--amount': amount } as CSSProperties}
                  onPointerEnter={() => setPointed({ row, column })}
                />
              ))}
            </div>
          ))}
          <div className={styles.row}>
            <div className={styles.name} data-ticks />
            {ticks.map((tick, column) => (
              <div key={column} className={styles.tick}>
                {tick}
              </div>
            ))}
          </div>
        </div>
        <VisuallyHidden id={help}>{say.keys}</VisuallyHidden>
      </div>
      <Text size="sm" c="dimmed" className={styles.told} aria-hidden="true" data-no-print>
        {told(cursor ?? pointed) || say.point}
      </Text>
      <VisuallyHidden role="status">{told(cursor)}</VisuallyHidden>
    </div>
  );
}

/** Where a key leads: `null` leaves the cells, `undefined` is a key that is none of ours. */
function moved(key: string, at: Cursor | null, lastRow: number, lastColumn: number): Cursor | null | undefined {
  const { row, column } = at ?? { row: 0, column: 0 };
  switch (key) {
    case 'ArrowLeft':
      return { row, column: Math.max(0, column - 1) };
    case 'ArrowRight':
      return { row, column: at ? Math.min(lastColumn, column + 1) : 0 };
    case 'ArrowUp':
      return { row: Math.max(0, row - 1), column };
    case 'ArrowDown':
      return { row: at ? Math.min(lastRow, row + 1) : 0, column };
    case 'Home':
      return { row, column: 0 };
    case 'End':
      return { row, column: lastColumn };
    case 'Escape':
      return at ? null : undefined;
    default:
      return undefined;
  }
}
