import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query';
import { memo, useEffect, useLayoutEffect, useRef, useState, type CSSProperties, type KeyboardEvent, type ReactNode, type RefObject } from 'react';
import type { Group } from '../../api/types';
import styles from './data-table.module.css';
import { usePrinting } from '../use-printing';
import type { Column, Page, TableSearch } from './data-table';
import { Head } from './head';
import type { Lines } from './lines';
import { stretchOf, windowOf } from './stretch';

/** By lines of text: every row is as high as the next, so that any of them is found by its number. */
const ROW_PX = { 2: 48, 3: 68 };
const HEAD_PX = 40;
/** How far before the end the next page is asked for. */
const AHEAD_ROWS = 40;
/** So many rows go to paper, in sight or not; beyond, one takes the file along. */
export const PRINTED_MAX = 2_000;

type Props<Row> = {
  label: string;
  columns: Column<Row>[];
  rowKey: (row: Row) => string;
  lines: Lines<Row>;
  height?: 2 | 3;
  /** How the head of a group is shown. */
  group?: (group: Group) => ReactNode;
  search: TableSearch;
  onSearch: (search: TableSearch) => void;
  of: UseInfiniteQueryResult<InfiniteData<Page<Row>>>;
};

/** The rows in sight, between two spacers that stand for all the others. */
export function Rows<Row>({ label, columns, rowKey, lines, height = 2, group, search, onSearch, of }: Props<Row>) {
  const region = useRef<HTMLDivElement>(null);
  const { count } = lines;
  const inSight = useWindow(count, ROW_PX[height], region);
  const isPrinting = usePrinting();
  const { first, last, above, below } = isPrinting ? printed(count) : inSight;
  const { goTo } = inSight;
  useNextPage(of, last >= lines.end - AHEAD_ROWS);
  const onKeyDown = (event: KeyboardEvent) => {
    const at = placeOf(event.target);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: count - 1 }[event.key];
    if (at < 0 || to === undefined || to < 0 || to >= count) return;
    event.preventDefault();
    goTo(to);
  };
  return (
    <div ref={region} role="group" aria-label={label} tabIndex={0} className={styles.region}>
      <table
        className={styles.table}
        data-lines={height}
        aria-label={label}
        // The head is a row too; how many more there are, nobody has counted.
        aria-rowcount={of.hasNextPage ? -1 : count + 1}
        style={tableStyle(columns, ROW_PX[height])}
      >
        <colgroup>
          {columns.map(({ id, width }) => (
            <col key={id} style={{ width: `${width}rem` }} />
          ))}
        </colgroup>
        <thead>
          <tr aria-rowindex={1}>
            {columns.map((column) => (
              <Head key={column.id} column={column} search={search} onSearch={onSearch} />
            ))}
          </tr>
        </thead>
        <tbody onKeyDown={onKeyDown}>
          <Spacer height={above} />
          {places(first, last).map((place) => {
            const line = lines.at(place);
            return 'row' in line ? (
              <OneRow key={rowKey(line.row)} row={line.row} place={place} columns={columns} />
            ) : (
              <GroupRow key={`group ${line.group.in}`} place={place} width={columns.length}>
                {group?.(line.group)}
              </GroupRow>
            );
          })}
          <Spacer height={below} />
        </tbody>
      </table>
    </div>
  );
}

const places = (first: number, last: number) => Array.from({ length: last + 1 - first }, (_, place) => first + place);

/** All rows that are loaded, or as many as paper bears. */
const printed = (count: number) => ({ first: 0, last: Math.min(count, PRINTED_MAX) - 1, above: 0, below: 0 });

function tableStyle(columns: Column<never>[], row_px: number): CSSProperties {
  const width = columns.reduce((sum, column) => sum + column.width, 0);
  return { minWidth: `${width}rem`, '--row-height': `${row_px}px` } as CSSProperties;
}

type OneRowProps<Row> = { row: Row; place: number; columns: Column<Row>[] };

function OneRow<Row>({ row, place, columns }: OneRowProps<Row>) {
  return (
    <tr data-place={place} aria-rowindex={place + 2} tabIndex={-1} className={styles.row}>
      <Cells row={row} columns={columns as Column<unknown>[]} />
    </tr>
  );
}

function GroupRow({ place, width, children }: { place: number; width: number; children: ReactNode }) {
  return (
    <tr data-place={place} aria-rowindex={place + 2} className={styles.group}>
      <th scope="row" colSpan={width}>
        {children}
      </th>
    </tr>
  );
}

type CellsProps = { row: unknown; columns: Column<unknown>[] };

/** Where rows come in above, every other row has another place, and the same cells. */
const Cells = memo(function Cells({ row, columns: [name, ...others] }: CellsProps) {
  return (
    <>
      <th scope="row">
        <div className={styles.cell}>{name?.cell(row)}</div>
      </th>
      {others.map(({ id, cell, numeric }) => (
        <td key={id} data-numeric={numeric}>
          <div className={styles.cell}>{cell(row)}</div>
        </td>
      ))}
    </>
  );
});

function Spacer({ height }: { height: number }) {
  return height > 0 && <tr aria-hidden="true" style={{ height }} />;
}

/** Which rows are in sight, how much room the others take, and a way to bring the focus to one of them. */
function useWindow(count: number, row_px: number, region: RefObject<HTMLDivElement | null>) {
  const { scrolled, view } = useScrolled(region);
  const wanted = useRef<number | null>(null);
  const stretch = stretchOf(count * row_px, view);
  const { first, last, above, below } = windowOf(count, row_px, stretch, scrolled, view);
  const focusWanted = () => {
    const there = region.current?.querySelector<HTMLElement>(`[data-place="${wanted.current}"]`);
    // A row in which nothing can be done takes the focus itself, so that the arrow keys go on from it.
    const row = there?.querySelector<HTMLElement>(':is(a, button)') ?? there;
    if (!row) return;
    wanted.current = null;
    // The page may have to move too, not the table alone.
    row.scrollIntoView?.({ block: 'nearest' });
    row.focus({ preventScroll: true });
  };
  // A row that was out of sight is there only after the table has been scrolled.
  useEffect(focusWanted);
  const goTo = (place: number) => {
    wanted.current = place;
    const [top, bottom] = [place * row_px, (place + 1) * row_px - view];
    const at = stretch.toRows(scrolled);
    const to = Math.max(Math.min(at, top), bottom);
    if (to !== at) region.current?.scrollTo?.({ top: stretch.toScrolled(to) });
    focusWanted();
  };
  return { first, last, above, below, goTo };
}

/** How far the region was scrolled, and how much of it shows rows. */
function useScrolled(region: RefObject<HTMLDivElement | null>) {
  const [at, setAt] = useState({ scrolled: 0, view: 0 });
  useLayoutEffect(() => {
    const element = region.current;
    if (!element) return;
    const look = () => setAt({ scrolled: element.scrollTop, view: Math.max(0, element.clientHeight - HEAD_PX) });
    const observer = new ResizeObserver(look);
    observer.observe(element);
    element.addEventListener('scroll', look, { passive: true });
    look();
    return () => {
      observer.disconnect();
      element.removeEventListener('scroll', look);
    };
  }, [region]);
  return at;
}

function useNextPage<Row>(of: UseInfiniteQueryResult<InfiniteData<Page<Row>>>, isNear: boolean) {
  const { hasNextPage, isFetching, isError, fetchNextPage } = of;
  useEffect(() => {
    // After a failure the reader decides.
    if (isNear && hasNextPage && !isFetching && !isError) void fetchNextPage();
  }, [isNear, hasNextPage, isFetching, isError, fetchNextPage]);
}

function placeOf(target: EventTarget): number {
  const row = target instanceof HTMLElement ? target.closest<HTMLElement>('[data-place]') : null;
  return Number(row?.dataset.place ?? -1);
}
