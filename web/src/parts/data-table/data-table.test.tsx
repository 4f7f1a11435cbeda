import { act, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { problem, renderWithin, serve } from '../../test-page';
import { DataTable, type Column, type Page, type TableSearch } from './data-table';
import { SPACE_PX_MAX, stretchOf, windowOf } from './stretch';

type Row = { id: number; colour: string };

const columns: Column<Row>[] = [
  { id: 'name', header: 'Name', width: 10, sort: 'name', cell: ({ id }) => <a href={`#${id}`}>Row {id}</a> },
  { id: 'colour', header: 'Colour', width: 10, cell: ({ colour }) => colour },
];
const rows = (from: number, count: number): Row[] =>
  Array.from({ length: count }, (_, place) => ({ id: from + place, colour: 'green' }));

beforeEach(() => localStorage.clear());

function open(ask: (cursor: string | undefined) => Page<Row>) {
  const searched = vi.fn();
  function Page() {
    const [search, setSearch] = useState<TableSearch>({});
    const of = useInfiniteQuery({
      queryKey: ['rows', search],
      queryFn: async ({ pageParam }) => ask(pageParam),
      initialPageParam: undefined as string | undefined,
      getNextPageParam: (page) => page.next ?? undefined,
    });
    return (
      <DataTable
        name="test"
        label="Things"
        columns={columns}
        rowKey={({ id }) => String(id)}
        of={of}
        search={search}
        onSearch={(changed) => {
          searched(changed);
          setSearch(changed);
        }}
        searchLabel="Search things"
        filters={[{ key: 'state', label: 'State', options: [['free', 'Free']] }]}
        exported={{ path: '/v1/things', query: search }}
        empty={{ title: 'No thing yet', detail: 'Make one.' }}
      />
    );
  }
  return { ...renderWithin(<Page />), searched };
}

describe('the table', () => {
  it('holds only the rows in sight of a million, and says how many there are', async () => {
    const all = rows(0, 1_000_000);
    const { container } = open(() => ({ rows: all, next: null }));
    const table = await screen.findByRole('table', { name: 'Things' });
    expect(table).toHaveAttribute('aria-rowcount', '1000001');
    expect(within(table).getByRole('row', { name: /Row 3/ })).toHaveAttribute('aria-rowindex', '5');
    expect(container.querySelectorAll('tr').length).toBeLessThan(60);
    expect(screen.getByText('1,000,000 rows')).toBeVisible();
  });

  it('asks for the next page when the end is near, until there is none', async () => {
    const asked: (string | undefined)[] = [];
    open((cursor) => {
      asked.push(cursor);
      return cursor ? { rows: rows(30, 100), next: '130' } : { rows: rows(0, 30), next: '30' };
    });
    const table = await screen.findByRole('table', { name: 'Things' });
    await screen.findByText('130 rows so far; more come as you scroll.');
    expect(table).toHaveAttribute('aria-rowcount', '-1');
    expect(asked).toEqual([undefined, '30']);
  });

  it('moves from row to row with the arrow keys', async () => {
    open(() => ({ rows: rows(0, 5), next: null }));
    (await screen.findByRole('link', { name: 'Row 0' })).focus();
    await userEvent.keyboard('{ArrowDown}');
    expect(screen.getByRole('link', { name: 'Row 1' })).toHaveFocus();
    await userEvent.keyboard('{End}');
    expect(screen.getByRole('link', { name: 'Row 4' })).toHaveFocus();
    await userEvent.keyboard('{ArrowDown}');
    expect(screen.getByRole('link', { name: 'Row 4' })).toHaveFocus();
  });

  it('passes its filters on once the reader pauses, and clears them', async () => {
    const { searched } = open(() => ({ rows: [], next: null }));
    expect(await screen.findByText('No thing yet')).toBeVisible();
    await userEvent.type(screen.getByRole('searchbox', { name: 'Search things' }), 'abc');
    await waitFor(() => expect(searched).toHaveBeenCalledTimes(1));
    await userEvent.selectOptions(screen.getByRole('combobox', { name: 'State' }), 'Free');
    expect(searched).toHaveBeenLastCalledWith({ q: 'abc', state: 'free' });
    expect(await screen.findByText('Nothing matches')).toBeVisible();
    expect(screen.getByText('Search things: abc · State: Free')).toBeInTheDocument();
    await userEvent.click(screen.getAllByRole('button', { name: 'Clear the filters' })[0]!);
    expect(searched).toHaveBeenLastCalledWith({});
    expect(screen.getByRole('searchbox')).toHaveValue('');
  });

  it('is sorted by the server: upwards, downwards, and as it was', async () => {
    const { searched } = open(() => ({ rows: rows(0, 3), next: null }));
    const head = () => screen.getByRole('columnheader', { name: 'Name' });
    const sort = () => userEvent.click(screen.getByRole('button', { name: 'Name' }));
    await screen.findByRole('columnheader', { name: 'Name' });
    expect(within(screen.getByRole('columnheader', { name: 'Colour' })).queryByRole('button')).not.toBeInTheDocument();
    await sort();
    expect(searched).toHaveBeenLastCalledWith({ sort: 'name' });
    await waitFor(() => expect(head()).toHaveAttribute('aria-sort', 'ascending'));
    await sort();
    await waitFor(() => expect(head()).toHaveAttribute('aria-sort', 'descending'));
    await sort();
    expect(searched).toHaveBeenLastCalledWith({ sort: undefined });
    // An order is no filter: there is nothing to clear.
    expect(screen.queryByRole('button', { name: 'Clear the filters' })).not.toBeInTheDocument();
  });

  it('is taken along as the file of the server, with its filters and its order', async () => {
    vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(() => {});
    vi.stubGlobal('URL', Object.assign(URL, { createObjectURL: () => 'blob:x', revokeObjectURL: () => {} }));
    const fetched = serve({
      '/v1/things': (_, url) =>
        url.includes('xlsx')
          ? problem(429, { detail: 'Too many reports wait' })
          : new Response('x', { headers: { 'Content-Disposition': 'attachment; filename="things.csv"' } }),
    });
    open(() => ({ rows: rows(0, 3), next: null }));
    await userEvent.selectOptions(await screen.findByRole('combobox', { name: 'State' }), 'Free');
    await userEvent.click(await screen.findByRole('button', { name: 'Name' }));
    await userEvent.click(screen.getByRole('button', { name: 'Take along' }));
    await userEvent.click(await screen.findByRole('button', { name: 'Table (CSV)' }));
    expect(await screen.findByText('things.csv is in your downloads.')).toBeVisible();
    expect(fetched.mock.calls[0]?.[0]).toBe('/v1/things?state=free&sort=name&format=csv');
    await userEvent.click(screen.getByRole('button', { name: 'Workbook (XLSX)' }));
    expect(await screen.findByText('Too many reports wait')).toBeVisible();
  });

  it('goes to paper with all rows that are loaded, and says where the others are', async () => {
    vi.stubGlobal('matchMedia', (query: string) => ({
      matches: query === 'print',
      addEventListener: () => {},
      removeEventListener: () => {},
      addListener: () => {},
      removeListener: () => {},
    }));
    const { container } = open((cursor) => ({ rows: rows(cursor ? 300 : 0, 300), next: cursor ? null : '300' }));
    await waitFor(() => expect(container.querySelectorAll('tbody tr').length).toBe(600));
    expect(screen.getAllByText('600 rows').length).toBe(2);
    vi.unstubAllGlobals();
  });

  it('is drawn whole before the browser counts the pages, and as it was after', async () => {
    const { container } = open(() => ({ rows: rows(0, 300), next: null }));
    const drawn = () => container.querySelectorAll('tbody tr').length;
    await screen.findByText('Row 0');
    const inSight = drawn();
    expect(inSight).toBeLessThan(300);
    act(() => void window.dispatchEvent(new Event('beforeprint')));
    expect(drawn()).toBe(300);
    act(() => void window.dispatchEvent(new Event('afterprint')));
    expect(drawn()).toBe(inSight);
  });

  it('remembers which columns are hidden', async () => {
    const first = open(() => ({ rows: rows(0, 1), next: null }));
    await screen.findByRole('columnheader', { name: 'Colour' });
    await userEvent.click(screen.getByRole('button', { name: 'Columns' }));
    await userEvent.click(await screen.findByRole('checkbox', { name: 'Colour' }));
    expect(screen.queryByRole('columnheader', { name: 'Colour' })).not.toBeInTheDocument();
    first.unmount();
    open(() => ({ rows: rows(0, 1), next: null }));
    await screen.findByRole('columnheader', { name: 'Name' });
    expect(screen.queryByRole('columnheader', { name: 'Colour' })).not.toBeInTheDocument();
  });

  it('keeps a view under a name, shows it again and forgets it', async () => {
    const { searched } = open(() => ({ rows: rows(0, 1), next: null }));
    await userEvent.selectOptions(await screen.findByRole('combobox', { name: 'State' }), 'Free');
    await userEvent.click(screen.getByRole('button', { name: 'Views' }));
    await userEvent.type(await screen.findByRole('textbox', { name: 'Name of this view' }), 'Spare{Enter}');
    await userEvent.keyboard('{Escape}');
    await userEvent.click(screen.getByRole('button', { name: 'Clear the filters' }));
    await userEvent.click(screen.getByRole('button', { name: 'Views' }));
    await userEvent.click(await screen.findByRole('button', { name: 'Spare' }));
    expect(searched).toHaveBeenLastCalledWith({ state: 'free' });
    await userEvent.click(screen.getByRole('button', { name: 'Views' }));
    await userEvent.click(await screen.findByRole('button', { name: 'Forget the view Spare' }));
    expect(await screen.findByText(/^No view is saved yet/)).toBeVisible();
  });

  it('keeps no more than it can read of what was remembered', async () => {
    localStorage.setItem('faregate-table-test-hidden', '{"not":"a list"}');
    localStorage.setItem('faregate-table-test-views', 'not json');
    open(() => ({ rows: rows(0, 1), next: null }));
    expect(await screen.findByRole('columnheader', { name: 'Colour' })).toBeVisible();
  });

  it('says what went wrong', async () => {
    open(() => {
      throw new Error('the cable is cut');
    });
    expect(await screen.findByText('the cable is cut')).toBeVisible();
  });
});

describe('the scroll space', () => {
  it.each([100, 166_666, 1_000_000, 100_000_000])('of %i rows is bearable, and reaches both ends', (count) => {
    const [total, view] = [count * 48, 600];
    const { space, toRows, toScrolled } = stretchOf(total, view);
    expect(space).toBeLessThanOrEqual(SPACE_PX_MAX);
    expect(toRows(0)).toBe(0);
    expect(toRows(space - view)).toBeCloseTo(total - view, 3);
    expect(toRows(space)).toBe(total - view);
    expect(toScrolled(toRows(1234))).toBeCloseTo(1234, 6);
  });

  it.each([10, 100, 1_000_000])('of %i rows shows the rows that belong where one is', (count) => {
    const stretch = stretchOf(count * 48, 600);
    for (const part of [0, 0.25, 0.5, 1]) {
      const scrolled = Math.max(0, stretch.space - 600) * part;
      const { first, last, above, below } = windowOf(count, 48, stretch, scrolled, 600);
      expect(last - first).toBeLessThan(40);
      // What is drawn covers what is in sight, or all there is.
      expect(above <= scrolled || first === 0).toBe(true);
      expect(above + (last + 1 - first) * 48 >= scrolled + 600 || last === count - 1).toBe(true);
      expect(above + (last + 1 - first) * 48 + below).toBeGreaterThanOrEqual(stretch.space - 1);
    }
    expect(windowOf(count, 48, stretch, Math.max(0, stretch.space - 600), 600).last).toBe(count - 1);
  });
});
