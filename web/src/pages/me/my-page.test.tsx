import { createMemoryHistory, createRouter, RouterProvider } from '@tanstack/react-router';
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Quoted } from '../../api/types';
import { routeTree } from '../../router';
import { me, MEMBER, problem, renderWithin, serve } from '../../test-page';

const ada = { key: 'ada', name: 'Ada Byron', bucket: 'north' };
const usd = (amount: string) => ({ amount, currency: 'USD' });
const amount = { tokens: 20, money: usd('60.00') };
const row = (key: string, name: string) => ({ key, name, ...amount, charges: 2, share: 1 });
const burn = (by: string, rows: object[]) => ({
  by,
  from: '2026-11-01',
  to: '2026-11-22',
  rows,
  total: amount,
  stale: [],
  text: '',
});
const quote: Quoted = {
  route: 'tokens',
  tokens: 10,
  money: usd('30.00'),
  unit_tokens: 10,
  meter: 'window-24h',
  bucket: 'north',
  left: 90,
  refusal: null,
  rule: null,
  place: {} as Quoted['place'],
  breach: null,
  trial: null,
  warnings: [],
  alternatives: [],
};
const cap = {
  key: 'week',
  each: 'person',
  measure: 'tokens',
  span: 'week',
  limit: 50,
  then: 'refuse',
  mode: 'enforce',
  counted: 20,
};
const refusal = {
  decision: 77,
  at: '2026-11-20T10:00:00Z',
  outcome: 'refused',
  route: 'refused',
  asked_as: 'ada',
  product: 'revit',
  product_name: 'Revit',
  host: 'WS-1',
  tokens: 0,
  code: 'bucket-exhausted',
  detail: 'the bucket has too little left',
  place: {},
};

beforeEach(() => {
  localStorage.clear();
  vi.stubGlobal(
    'EventSource',
    class extends EventTarget {
      close() {}
    },
  );
  vi.stubGlobal('scrollTo', () => {});
});

function open(answers: Parameters<typeof serve>[0] = {}, address = '/me') {
  const asked: unknown[] = [];
  const fetched = serve({
    '/v1/me': () => me('member', MEMBER, ada),
    '/v1/people/ada': () =>
      Response.json({ ...ada, groups: [], contractor: false, names: [], seats: [], sessions: [], month_to_date: 20 }),
    '/v1/buckets/north': () => Response.json({ key: 'north', name: 'North', available: 100 }),
    '/v1/me/caps': () => Response.json({ rows: [cap] }),
    '/v1/burn/periods': () => Response.json({ today: { from: '2026-11-22', to: '2026-11-22' } }),
    '/v1/me/burn': () => Response.json(burn('product', [row('revit', 'Revit')])),
    '/v1/products': () => Response.json({ rows: [{ key: 'revit', name: 'Revit', seats: [] }], next: null }),
    '/v1/quotes': (init) => {
      asked.push(JSON.parse(String(init?.body)));
      return Response.json(quote);
    },
    '/v1/decisions': () => Response.json({ rows: [], next: null }),
    '/v1/requests': () => Response.json({ rows: [], next: null }),
    ...answers,
  });
  const router = createRouter({ routeTree, history: createMemoryHistory({ initialEntries: [address] }) });
  renderWithin(<RouterProvider router={router as never} />);
  return { asked, router, urls: () => fetched.mock.calls.map(([url]) => url) };
}

const region = async (name: string) => within(await screen.findByRole('region', { name }));

describe('one’s own page', () => {
  it('says what was used, who pays, and how much of a cap is left', async () => {
    const { urls } = open();
    const standing = await region('This month');
    expect(await standing.findByText('North')).toBeVisible();
    expect(await standing.findByText(/20 of 50 used. Beyond that, launches are refused./)).toBeVisible();
    const used = await region('What I used');
    expect(await used.findByText('20 tokens ($60.00) from Nov 1, 2026 to Nov 22, 2026.')).toBeVisible();
    expect(used.getByRole('row', { name: /Revit/ })).toHaveTextContent('20$60.00100%');
    expect(urls()).toContain('/v1/me/burn?by=product&from=2026-11-01&to=2026-11-22');
  });

  it('shows days, and the address says so', async () => {
    const { router, urls } = open({ '/v1/me/burn': () => Response.json(burn('day', [row('2026-11-20', '2026-11-20')])) });
    const used = await region('What I used');
    await userEvent.click(used.getByRole('button', { name: 'By day' }));
    await userEvent.click(used.getByRole('button', { name: '7 days' }));
    await waitFor(() => expect(router.state.location.search).toEqual({ by: 'day', range: '7d' }));
    expect(await used.findByRole('row', { name: /Nov 20, 2026/ })).toBeVisible();
    await waitFor(() => expect(urls()).toContain('/v1/me/burn?by=day&from=2026-11-16&to=2026-11-22'));
  });

  it('tells what the next launch would cost, before it happens', async () => {
    const { asked, router } = open();
    const panel = await region('What would the next launch cost?');
    await userEvent.selectOptions(await panel.findByRole('combobox', { name: 'Product' }), 'Revit');
    expect(await panel.findByText('On tokens')).toBeVisible();
    expect(panel.getByText('$30.00')).toBeVisible();
    expect(asked[0]).toEqual({ person: 'ada', product: 'revit', host: 'any' });
    expect(router.state.location.search).toEqual({ product: 'revit' });
  });

  it('tells why a launch would be refused, and what one could do instead', async () => {
    const refused = {
      ...quote,
      route: 'refused',
      refusal: { code: 'x', detail: 'the bucket is empty', remedies: ['ask for tokens'], transient: true },
      alternatives: [{ kind: 'free-seat', text: 'a seat is free', hosts: [], deciders: [] }],
    };
    open({ '/v1/quotes': () => Response.json(refused) }, '/me?product=revit');
    const panel = await region('What would the next launch cost?');
    expect(await panel.findByText('the bucket is empty')).toBeVisible();
    expect(panel.getByText('a seat is free')).toBeVisible();
    expect(panel.getByRole('link', { name: 'Ask for tokens' })).toHaveAttribute('href', '/buckets/north');
  });

  it('lists when one was turned away, and explains it there', async () => {
    open({
      '/v1/decisions': () => Response.json({ rows: [refusal], next: '5' }),
      '/v1/decisions/77': () =>
        Response.json({ decision: 77, at: refusal.at, decided: 'bucket-exhausted', recomputed: 'x', holds: true, facts: [] }),
    });
    const panel = await region('Why was I turned away?');
    expect(await panel.findByText('the bucket has too little left')).toBeVisible();
    await userEvent.click(panel.getByRole('button', { name: 'Why?' }));
    expect(await panel.findByText(/^Decision 77/)).toBeVisible();
    expect(panel.getByRole('button', { name: 'Look further back' })).toBeVisible();
  });

  it('says so to whoever is none of the people', async () => {
    open({ '/v1/me': () => me() });
    expect(await screen.findByRole('heading', { name: 'Nobody of the estate is called a', level: 1 })).toBeVisible();
  });

  it('says what failed, and where', async () => {
    open({ '/v1/me/burn': () => problem(500, { detail: 'It broke' }) });
    const used = await region('What I used');
    expect(await used.findByText('It broke')).toBeVisible();
  });
});
