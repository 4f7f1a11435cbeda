import { createMemoryHistory, createRouter, RouterProvider } from '@tanstack/react-router';
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { parse } from 'smol-toml';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { BucketNode, Statement, TokenRequest } from '../../api/types';
import { routeTree } from '../../router';
import { me, MEMBER, problem, renderWithin, serve } from '../../test-page';
import { asTokens } from '../../parts/order-form';
import { inTreeOrder } from './tree';

const amounts = { available: 250, held: 10, spent: 740, allocated: 1000 };
const bucket = (key: string, parent: string | null = null): BucketNode => ({
  key,
  name: key.toUpperCase(),
  parent,
  owners: ['ada'],
  period: { from: '2026-01-01', until: '2027-01-01' },
  leftover: 'return',
  lends: false,
  ...amounts,
  with_below: amounts,
});
const request: TokenRequest = {
  id: 'r1',
  by: 'bob',
  by_name: 'Bob Hill',
  bucket: 'north',
  bucket_name: 'NORTH',
  from: null,
  tokens: 40,
  why: 'a deadline',
  at: '2026-11-22T10:00:00Z',
  expires: '2026-11-29T10:00:00Z',
  due: null,
  state: 'waiting',
  moved: null,
  owing: 0,
  approvals: [],
  approvals_needed: 1,
  can_answer: ['ada'],
};
const statement: Statement = {
  bucket: 'north',
  from: '2026-10-24',
  to: '2026-11-22',
  opening: { total: 1000, held: 0 },
  lines: [
    {
      date: '2026-11-01',
      cause: 'consumed',
      party: null,
      tokens: -740,
      balance: 260,
      units: 74,
      used_from: null,
      used_to: null,
      by: null,
      words: '74 units of Revit',
    },
  ],
  next: null,
  closing: { total: 260, held: 10 },
  adds_up: true,
};

beforeEach(() => {
  vi.stubGlobal(
    'EventSource',
    class extends EventTarget {
      close() {}
    },
  );
  vi.stubGlobal('scrollTo', () => {});
});

type Answers = Parameters<typeof serve>[0];

function open(address: string, answers: Answers = {}) {
  const orders: unknown[] = [];
  const fetched = serve({
    '/v1/me': () => me(),
    '/v1/buckets': () => Response.json({ rows: [bucket('north'), bucket('south'), bucket('team', 'north')], next: null }),
    '/v1/buckets/north': () => Response.json(bucket('north')),
    '/v1/buckets/north/statement': () => Response.json(statement),
    '/v1/requests': () => Response.json({ rows: [request], next: null }),
    '/v1/orders': (init) => {
      orders.push([JSON.parse(String(init?.body)), new Headers(init?.headers).get('Faregate-On-Behalf-Of')]);
      return Response.json({ id: null, said: ['5 tokens moved'], warnings: [], dry_run: false, repeated: false });
    },
    ...answers,
  });
  const router = createRouter({ routeTree, history: createMemoryHistory({ initialEntries: [address] }) });
  const { client } = renderWithin(<RouterProvider router={router as never} />);
  return { router, client, orders, urls: () => fetched.mock.calls.map(([url]) => url) };
}

describe('the buckets', () => {
  it('stand below the one that they are of', async () => {
    open('/buckets');
    const table = within(await screen.findByRole('table'));
    const rows = table.getAllByRole('row').slice(1).map((row) => row.textContent);
    expect(rows).toEqual([
      expect.stringMatching(/^NORTH25010740/),
      expect.stringMatching(/^TEAMbelow NORTH/),
      expect.stringMatching(/^SOUTH/),
    ]);
    expect(table.getByRole('meter', { name: 'NORTH' })).toHaveAttribute('aria-valuetext', '250 of 1,000 available');
  });

  it('are searched by the server, and the search is in the address', async () => {
    const { router, urls } = open('/buckets');
    await userEvent.type(await screen.findByRole('searchbox'), 'nor');
    await waitFor(() => expect(router.state.location.search).toEqual({ q: 'nor' }));
    await waitFor(() => expect(urls()).toContain('/v1/buckets?q=nor&limit=1000'));
  });

  it('lie as deep as the buckets above them are many', () => {
    const placed = inTreeOrder([bucket('c', 'b'), bucket('a'), bucket('b', 'a'), bucket('d')]);
    expect(placed.map(({ bucket: { key }, depth }) => [key, depth])).toEqual([
      ['a', 0],
      ['b', 1],
      ['c', 2],
      ['d', 0],
    ]);
  });

  it('whose parent is out of sight stand at the top', () => {
    expect(inTreeOrder([bucket('a', 'hidden')])).toMatchObject([{ depth: 0, above: undefined }]);
  });
});

describe('the requests', () => {
  it('are approved in part, as somebody who may', async () => {
    const { orders } = open('/buckets');
    expect(await screen.findByText('Bob Hill asks for 40 tokens for NORTH')).toBeVisible();
    const amount = screen.getByRole('textbox', { name: 'Approve how many' });
    expect(screen.getByText('It waits for ada: choose as whom you answer.')).toBeVisible();
    await userEvent.selectOptions(await screen.findByRole('combobox', { name: 'Answer as' }), 'ada');
    await userEvent.clear(amount);
    expect(screen.getByRole('button', { name: 'Approve the request of Bob Hill' })).toBeDisabled();
    expect(screen.getByText('Write how many tokens to approve.')).toBeVisible();
    await userEvent.type(amount, '25');
    await userEvent.click(screen.getByRole('button', { name: 'Approve the request of Bob Hill' }));
    await waitFor(() => expect(orders).toEqual([[{ order: 'answer', request: 'r1', approve: 25, comment: '' }, 'ada']]));
  });

  it('are declined by whom they wait for', async () => {
    const ada = { key: 'ada', name: 'Ada', bucket: 'north' };
    const { orders } = open('/buckets', { '/v1/me': () => me('member', MEMBER, ada) });
    await userEvent.click(await screen.findByRole('button', { name: 'Decline the request of Bob Hill' }));
    await waitFor(() => expect(orders).toEqual([[{ order: 'answer', request: 'r1', approve: null, comment: '' }, null]]));
  });

  it('leave the list once they are answered, and what came of it stays', async () => {
    let isOpen = true;
    let answerBuckets = () => {};
    const later = new Promise<void>((resolve) => (answerBuckets = resolve));
    const said = { id: null, said: ['no to request r1'], warnings: [], dry_run: false, repeated: false };
    open('/buckets', {
      '/v1/me': () => me('member', MEMBER, { key: 'ada', name: 'Ada', bucket: 'north' }),
      '/v1/requests': () => Response.json({ rows: isOpen ? [request] : [], next: null }),
      '/v1/orders': () => {
        isOpen = false;
        return Response.json(said);
      },
      // What else the order changed is asked for too, and comes after the request is gone.
      '/v1/buckets': (async () => {
        if (!isOpen) await later;
        return Response.json({ rows: [bucket('north')], next: null });
      }) as never,
    });
    await userEvent.click(await screen.findByRole('button', { name: 'Decline the request of Bob Hill' }));
    expect(await screen.findByText('No request waits for an answer.')).toBeVisible();
    answerBuckets();
    expect(await screen.findByText('no to request r1')).toBeVisible();
  });

  it('ask nothing of whoever only looks', async () => {
    const ben = { key: 'ben', name: 'Ben', bucket: 'north' };
    open('/buckets', { '/v1/me': () => me('member', MEMBER, ben) });
    expect(await screen.findByText('It waits for ada, not for you.')).toBeVisible();
    expect(screen.queryByRole('button', { name: /^Approve/ })).not.toBeInTheDocument();
  });

  it('say why nobody can answer', async () => {
    open('/buckets', { '/v1/requests': () => Response.json({ rows: [{ ...request, can_answer: [] }], next: null }) });
    expect(await screen.findByText(/^Nobody may answer it yet/)).toBeVisible();
    expect(screen.queryByRole('button', { name: /^Approve/ })).not.toBeInTheDocument();
    expect(screen.getByRole('link', { name: 'Name who decides' })).toHaveAttribute('href', '/settings/contract');
  });
});

/** A page whose forms write files of the estate; what they sent. */
function openEstate(address: string, verb = 'changed') {
  const sent: string[] = [];
  open(address, {
    '/v1/estate': (init, url) => {
      const isTry = url.includes('dry_run');
      if (!isTry) sent.push(JSON.parse(String(init?.body)).files[0].text);
      const changes = [{ kind: 'bucket', key: 'x', verb, words: '' }];
      return Response.json({ dry_run: isTry, summary: `bucket: 1 ${verb}`, changes, notes: [] });
    },
    '/v1/people': () => Response.json({ rows: [], groups: null, next: null }),
  });
  return { files: () => sent };
}

describe('a new bucket', () => {
  it('is a row of a file: what was left empty is not in it', async () => {
    const { files } = openEstate('/buckets', 'added');
    await userEvent.click(await screen.findByText('Add a bucket', { selector: 'summary' }));
    const add = screen.getByRole('button', { name: 'Add a bucket' });
    expect(add).toBeDisabled();
    expect(screen.getByText('Write its key.')).toBeVisible();
    await userEvent.type(screen.getByRole('textbox', { name: 'Key' }), 'tragwerk');
    await userEvent.selectOptions(screen.getByRole('combobox', { name: 'Its period' }), 'Each year');
    await userEvent.type(screen.getByRole('textbox', { name: 'Tokens to begin with' }), '1,250');
    await userEvent.click(add);
    expect(await screen.findByText('bucket: 1 added')).toBeVisible();
    expect(parse(files()[0] ?? '')).toEqual({
      bucket: [{ key: 'tragwerk', name: 'tragwerk', owners: [], period: 'year', tokens: 1250 }],
    });
  });

  it('is not made where one of the key is there, which a row would change', async () => {
    const { files } = openEstate('/buckets', 'changed');
    await userEvent.click(await screen.findByText('Add a bucket', { selector: 'summary' }));
    await userEvent.type(screen.getByRole('textbox', { name: 'Key' }), 'NORTH{Enter}');
    expect(await screen.findByText(/^There is a bucket with this key already/)).toBeVisible();
    expect(files()).toEqual([]);
  });

  it('is made by whoever may take files in', async () => {
    open('/buckets', { '/v1/me': () => me('member', MEMBER) });
    await screen.findByRole('table');
    expect(screen.queryByText('Add a bucket')).not.toBeInTheDocument();
  });
});

describe('one bucket', () => {
  it('tells what it has and what was booked', async () => {
    open('/buckets/north');
    expect(await screen.findByRole('heading', { name: 'NORTH', level: 1 })).toBeVisible();
    const table = within(await screen.findByRole('table'));
    expect(table.getByRole('row', { name: /Opening balance/ })).toHaveTextContent('1,000');
    expect(table.getByRole('row', { name: /74 units of Revit/ })).toHaveTextContent('-740260');
    expect(table.getByRole('row', { name: /Closing balance/ })).toHaveTextContent('260');
    expect(screen.getByRole('link', { name: 'ada' })).toHaveAttribute('href', '/people/ada');
  });

  it('gives tokens away once it is said how many and why', async () => {
    const { orders } = open('/buckets/north');
    const form = within(await screen.findByRole('region', { name: 'Move tokens' }));
    expect(form.getByRole('button', { name: 'Move' })).toBeDisabled();
    expect(form.getByText('Write how many tokens.')).toBeVisible();
    await userEvent.type(form.getByRole('textbox', { name: 'How many tokens' }), '5');
    expect(form.getByText('Write why.')).toBeVisible();
    await userEvent.type(form.getByRole('textbox', { name: 'Why' }), 'spare');
    await userEvent.selectOptions(await form.findByRole('combobox', { name: 'To' }), await form.findByRole('option', { name: 'SOUTH' }));
    await userEvent.click(form.getByRole('button', { name: 'Move' }));
    expect(await form.findByText('5 tokens moved')).toBeVisible();
    expect(orders).toEqual([[{ order: 'transfer', from: 'north', to: 'south', tokens: 5, why: 'spare' }, null]]);
  });

  it('takes tokens in from the pool as well', async () => {
    const { orders } = open('/buckets/north');
    const form = within(await screen.findByRole('region', { name: 'Move tokens' }));
    await userEvent.selectOptions(form.getByRole('combobox', { name: 'Which way' }), 'Into north');
    expect(form.getByRole('combobox', { name: 'From' })).toHaveDisplayValue('The unallocated part of the pool');
    await userEvent.type(form.getByRole('textbox', { name: 'How many tokens' }), '5');
    await userEvent.type(form.getByRole('textbox', { name: 'Why' }), 'to begin{Enter}');
    await form.findByText('5 tokens moved');
    expect(orders).toEqual([[{ order: 'transfer', from: null, to: 'north', tokens: 5, why: 'to begin' }, null]]);
  });

  it('is given another name and those who decide, in a row of a file', async () => {
    const { files } = openEstate('/buckets/north');
    await userEvent.click(await screen.findByText('Change its name or who decides'));
    const name = screen.getByRole('textbox', { name: 'Name to show' });
    await userEvent.clear(name);
    await userEvent.type(name, 'The "North"');
    await userEvent.type(screen.getByRole('combobox', { name: 'Who decides on it' }), 'bob{Enter}');
    await userEvent.click(screen.getByRole('button', { name: 'Change it' }));
    expect(await screen.findByText('bucket: 1 changed')).toBeVisible();
    expect(parse(files()[0] ?? '')).toEqual({ bucket: [{ key: 'north', name: 'The "North"', owners: ['ada', 'bob'] }] });
  });

  it('keeps what others change while its name is written', async () => {
    let owners = ['ada'];
    const sent: string[] = [];
    const { client } = open('/buckets/north', {
      '/v1/buckets/north': () => Response.json({ ...bucket('north'), owners }),
      '/v1/people': () => Response.json({ rows: [], groups: null, next: null }),
      '/v1/estate': (init) => {
        sent.push(JSON.parse(String(init?.body)).files[0].text);
        return Response.json({ dry_run: false, summary: 'bucket: 1 changed', changes: [], notes: [] });
      },
    });
    await userEvent.click(await screen.findByText('Change its name or who decides'));
    owners = ['ada', 'bob'];
    await client.invalidateQueries();
    expect(await screen.findByRole('link', { name: 'bob' })).toBeVisible();
    await userEvent.type(screen.getByRole('textbox', { name: 'Name to show' }), ' side');
    await userEvent.click(screen.getByRole('button', { name: 'Change it' }));
    expect(await screen.findByText('bucket: 1 changed')).toBeVisible();
    expect(parse(sent[0] ?? '')).toEqual({ bucket: [{ key: 'north', name: 'NORTH side' }] });
  });

  it('shows the refusal of what it asks for, and keeps the words', async () => {
    open('/buckets/north', {
      '/v1/orders': () => problem(403, { title: 'Forbidden', detail: 'no person', help: 'use a key of a person' }),
    });
    const form = within(await screen.findByRole('region', { name: 'Ask for tokens' }));
    await userEvent.type(form.getByRole('textbox', { name: 'How many tokens' }), '5');
    await userEvent.type(form.getByRole('textbox', { name: 'Why' }), 'spare{Enter}');
    expect(await form.findByText('use a key of a person')).toBeVisible();
    expect(form.getByRole('textbox', { name: 'Why' })).toHaveValue('spare');
  });

  it('is said to be unknown', async () => {
    open('/buckets/x', { '/v1/buckets/x': () => problem(404, { title: 'Not Found' }) });
    expect(await screen.findByRole('heading', { name: 'There is no bucket x', level: 1 })).toBeVisible();
  });
});

it.each([
  ['5', 5],
  [' 2,5 ', 2.5],
  ['1,000', 1000],
  ['1,250.5', 1250.5],
  ['0.000001', 0.000001],
  ['', undefined],
  ['0', undefined],
  ['-1', undefined],
  ['1e3', undefined],
  ['1.0000001', undefined],
])('reads %j as %s tokens', (written, tokens) => expect(asTokens(written)).toBe(tokens));
