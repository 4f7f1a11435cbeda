import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Group } from '../../api/types';
import { renderWithin } from '../../test-page';
import { DataTable, type Column, type Page, type TableSearch } from './data-table';

type Row = { id: string };

const columns: Column<Row>[] = [{ id: 'name', header: 'Name', width: 10, cell: ({ id }) => <a href={`#${id}`}>{id}</a> }];
const groups: Group[] = [
  { in: 'is:cad', key: 'cad', name: 'CAD', rows: 2, saving: { amount: '1200.00', currency: 'EUR' } },
  { in: 'is:bim', key: 'bim', name: 'BIM', rows: 1, saving: null },
  { in: 'nothing', key: null, name: null, rows: 4, saving: null },
];
const rowsIn: Record<string, Row[]> = { 'is:cad': [{ id: 'ada' }, { id: 'bob' }], 'is:bim': [{ id: 'eve' }] };

beforeEach(() => localStorage.clear());

function open(first: TableSearch = {}, fails = false) {
  const asked = vi.fn();
  function Table() {
    const [search, setSearch] = useState<TableSearch>(first);
    const of = useInfiniteQuery({
      queryKey: ['rows', search],
      queryFn: async (): Promise<Page<Row>> => {
        asked(search);
        if (fails) throw new Error('It broke');
        return { rows: rowsIn[search.in ?? ''] ?? [{ id: 'ada' }], next: null };
      },
      initialPageParam: undefined as string | undefined,
      getNextPageParam: (page) => page.next ?? undefined,
      enabled: search.group === undefined || search.in !== undefined,
    });
    const found = useQuery({ queryKey: ['groups', search.group, search.q], queryFn: async () => groups, enabled: Boolean(search.group) });
    return (
      <DataTable
        name="test"
        label="Things"
        columns={columns}
        rowKey={({ id }) => id}
        of={of}
        search={search}
        onSearch={setSearch}
        searchLabel="Search"
        grouping={{ by: [['team', 'Team']], of: found, nameOf: (_, key) => (key === 'bim' ? 'The BIM people' : undefined) }}
        empty={{ title: 'No thing yet', detail: 'Make one.' }}
      />
    );
  }
  renderWithin(<Table />);
  return { asked, head: (name: RegExp) => screen.findByRole('button', { name }) };
}

describe('a table in groups', () => {
  it('has a head for each, with how many rows it has and what they save, and asks for no row', async () => {
    const { head, asked } = open({ group: 'team' });
    expect(await head(/^CAD 2 rows, moves save €1,200.00 a year/)).toHaveAttribute('aria-expanded', 'false');
    expect(await head(/^The BIM people 1 row$/)).toBeVisible();
    expect(await head(/^None 4 rows$/)).toBeVisible();
    expect(screen.getByText('3 groups')).toBeVisible();
    expect(asked).not.toHaveBeenCalled();
  });

  it('shows the rows of the one that is opened, below its head, and puts them away again', async () => {
    const { head } = open();
    await userEvent.selectOptions(await screen.findByRole('combobox', { name: 'Group by' }), 'Team');
    await userEvent.click(await head(/^CAD/));
    expect(await screen.findByRole('link', { name: 'bob' })).toBeVisible();
    const lines = within(screen.getByRole('table', { name: 'Things' })).getAllByRole('row').slice(1);
    expect(lines.map((line) => line.textContent?.slice(0, 3))).toEqual(['CAD', 'ada', 'bob', 'The', 'Non']);
    await userEvent.click(await head(/^The BIM/));
    expect(await screen.findByRole('link', { name: 'eve' })).toBeVisible();
    expect(screen.queryByRole('link', { name: 'bob' })).not.toBeInTheDocument();
    await userEvent.click(await head(/^The BIM/));
    await waitFor(() => expect(screen.queryByRole('link', { name: 'eve' })).not.toBeInTheDocument());
  });

  it('is gone through with the arrow keys, heads and rows alike', async () => {
    const { head } = open({ group: 'team', in: 'is:cad' });
    await screen.findByRole('link', { name: 'bob' });
    (await head(/^CAD/)).focus();
    await userEvent.keyboard('{ArrowDown}');
    expect(screen.getByRole('link', { name: 'ada' })).toHaveFocus();
    await userEvent.keyboard('{ArrowDown}{ArrowDown}');
    expect(await head(/^The BIM/)).toHaveFocus();
  });

  it('is no filter: nothing is cleared by it, and a search keeps it', async () => {
    const { head } = open({ group: 'team' });
    await head(/^CAD/);
    expect(screen.queryByRole('button', { name: 'Clear the filters' })).not.toBeInTheDocument();
    await userEvent.type(screen.getByRole('searchbox', { name: 'Search' }), 'a');
    await userEvent.click((await screen.findAllByRole('button', { name: 'Clear the filters' }))[0]!);
    expect(screen.getByRole('combobox', { name: 'Group by' })).toHaveValue('team');
  });

  it('says what failed in the open group, and keeps the heads', async () => {
    const { head } = open({ group: 'team', in: 'is:bim' }, true);
    expect(await screen.findByText('It broke')).toBeVisible();
    expect(await head(/^CAD/)).toBeVisible();
  });
});
