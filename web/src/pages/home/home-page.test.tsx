import { createMemoryHistory, createRouter, RouterProvider } from '@tanstack/react-router';
import { screen, waitFor, within } from '@testing-library/react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { routeTree } from '../../router';
import { me, MEMBER, problem, renderWithin, serve } from '../../test-page';

const none = { rows: [], next: null };
const alert = (id: string, acknowledged: boolean) => ({
  id,
  severity: 'warning',
  said: `alert ${id} was raised`,
  name: 'Rule',
  at: '2026-11-22T10:00:00Z',
  ended: null,
  acknowledged,
  steps: [],
  facts: [],
  handled: [],
});
const request = {
  id: 'r1',
  by_name: 'Bob Hill',
  bucket: 'north',
  bucket_name: 'North',
  tokens: 40,
  expires: '2026-11-29T10:00:00Z',
  can_answer: ['ada'],
};
const plan = (id: string, status: string) => ({
  id,
  name: `Plan ${id}`,
  status,
  saving: { amount: '1200.00', currency: 'USD' },
  drawn: '2026-11-20T10:00:00Z',
});
const line = (cause: string, words: string) => ({ date: '2026-11-01', cause, words, tokens: 1, balance: 1, units: 0 });

beforeEach(() => {
  vi.stubGlobal(
    'EventSource',
    class extends EventTarget {
      close() {}
    },
  );
  vi.stubGlobal('scrollTo', () => {});
});

function open(answers: Parameters<typeof serve>[0] = {}, address = '/') {
  serve({
    '/v1/me': () => me(),
    '/v1/alerts': () => Response.json({ ...none, open: [0, 0, 0] }),
    '/v1/requests': () => Response.json(none),
    '/v1/plans': () => Response.json(none),
    // As the server does: use is told only to whoever asks for all lines.
    '/v1/statement': (_init: unknown, url: string) =>
      Response.json({
        lines: [line('bought', '100 tokens bought'), ...(url.includes('lines=moves') ? [] : [line('consumed', '4 units')])],
      }),
    '/v1/balances': () =>
      Response.json({ packs: [{ id: 1, name: 'Flex', remaining: 90, bought: 100, ends: '2026-12-31', starts: '' }], buckets: [] }),
    ...answers,
  });
  const router = createRouter({ routeTree, history: createMemoryHistory({ initialEntries: [address] }) });
  renderWithin(<RouterProvider router={router as never} />);
}

describe('the overview', () => {
  it('lists what nobody has decided yet, each with its way on', async () => {
    open({
      '/v1/alerts': () => Response.json({ rows: [alert('a1', false), alert('a2', true)], next: null, open: [0, 2, 0] }),
      '/v1/requests': () => Response.json({ rows: [request], next: null }),
      '/v1/plans': () => Response.json({ rows: [plan('p1', 'drawn'), plan('p2', 'approved')], next: null }),
    });
    const panel = within(await screen.findByRole('region', { name: 'What needs a decision' }));
    await panel.findByText('alert a1 was raised');
    expect(panel.getAllByRole('listitem')).toHaveLength(3);
    expect(panel.getByRole('link', { name: 'Take on' })).toHaveAttribute('href', '/alerts/a1');
    expect(panel.getByText('Bob Hill asks for 40 tokens for North')).toBeVisible();
    expect(panel.getByRole('link', { name: 'Answer' })).toHaveAttribute('href', '/buckets/north');
    expect(panel.getByText('Plan p1 saves $1,200.00 a year')).toBeVisible();
    expect(panel.getByRole('link', { name: 'Decide' })).toHaveAttribute('href', '/plan/plans/p1');
  });

  it('tells a member what is theirs, and only what they can answer', async () => {
    const amounts = { available: 250, held: 0, spent: 750, allocated: 1000 };
    const north = { key: 'north', name: 'North', parent: null, ...amounts, with_below: amounts };
    const person = { key: 'ada', name: 'Ada', bucket: 'north', names: [], seats: [], sessions: [], month_to_date: 12.5 };
    open({
      '/v1/me': () => me('member', MEMBER, { key: 'ada', name: 'Ada', bucket: 'north' }),
      '/v1/summary': () => problem(403, { title: 'Forbidden' }),
      '/v1/requests': () => Response.json({ rows: [request, { ...request, id: 'r2', by_name: 'Eve', can_answer: ['bob'] }], next: null }),
      '/v1/people/ada': () => Response.json(person),
      '/v1/buckets': () => Response.json({ rows: [north], next: null }),
      '/v1/buckets/north': () => Response.json(north),
    });
    expect(await screen.findByText(/^Bob Hill asks/)).toBeVisible();
    expect(screen.queryByText(/^Eve asks/)).not.toBeInTheDocument();
    expect(await screen.findByText('12.5 tokens')).toBeVisible();
    expect(await screen.findByRole('row', { name: /North 250 750 1,000/ })).toBeVisible();
    expect(screen.getByRole('link', { name: 'My usage in detail' })).toHaveAttribute('href', '/me');
  });

  it('says when nothing waits, and what happened to tokens beside their use', async () => {
    open();
    expect(await screen.findByText('Nothing waits for a decision')).toBeVisible();
    expect(await screen.findByText('100 tokens bought')).toBeVisible();
    expect(await screen.findByText('90 tokens of Flex end on Dec 31, 2026.')).toBeVisible();
    expect(screen.queryByText('4 units')).not.toBeInTheDocument();
  });

  it('leaves out what the reader may not read', async () => {
    const no = () => problem(403, { title: 'Forbidden' });
    open({ '/v1/summary': no, '/v1/statement': no, '/v1/plans': no });
    expect(await screen.findByText('Nothing waits for a decision')).toBeVisible();
    await waitFor(() => expect(screen.queryByRole('region', { name: 'What happens to tokens' })).not.toBeInTheDocument());
    expect(screen.queryByRole('region', { name: 'Where the tokens stand' })).not.toBeInTheDocument();
  });

  it('has the address to which one comes, and Burn’s old one leads to Burn', async () => {
    open({}, '/overview');
    expect(await screen.findByRole('heading', { name: 'Overview', level: 1 })).toBeVisible();
    open({}, '/?range=7d');
    expect(await screen.findByRole('heading', { name: 'Burn', level: 1 })).toBeVisible();
  });

  it('says what failed', async () => {
    open({ '/v1/requests': () => problem(500, { detail: 'It broke' }) });
    const panel = within(await screen.findByRole('region', { name: 'What needs a decision' }));
    expect(await panel.findByText('It broke')).toBeVisible();
  });
});
