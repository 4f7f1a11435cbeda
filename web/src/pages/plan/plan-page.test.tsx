import { createMemoryHistory, createRouter, RouterProvider } from '@tanstack/react-router';
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { PlanHead, PlanMove, Portfolio, Recommendation, Sizing } from '../../api/types';
import { adviceOf, reasonOf } from '../../parts/reason';
import { routeTree } from '../../router';
import { me, problem, renderWithin, serve } from '../../test-page';

const usd = (amount: string) => ({ amount, currency: 'USD' });
const head: PlanHead = {
  id: 'p1',
  parent: null,
  name: 'Autumn',
  by: 'ada',
  drawn: '2026-11-20T10:00:00Z',
  status: 'drawn',
  judged_by: null,
  judged: null,
  why: null,
  known_from: '2026-01-01',
  known_to: '2026-11-19',
  basis: 'rule crossover',
  moves: 2,
  made: 0,
  saving: usd('1200.00'),
};
const move = (number: number, changed: Partial<PlanMove> = {}): PlanMove => ({
  number,
  person: `p${number}`,
  name: `Person ${number}`,
  kind: 'assign',
  offering: 'revit',
  seat: 4,
  on: '2026-11-20',
  cost_now: usd('900'),
  cost_then: usd('0'),
  saving: usd('900.00'),
  p_saves: 0.9,
  days: 120,
  why: 'a seat that is paid for',
  step: null,
  at: null,
  ...changed,
});
const quantity = { tokens: 33400, service_level: 0.33, expected_waste: 92, expected_short: 294, expected_cost: 101524.93 };
const sizing = {
  bars: [
    { from: 100, to: 200, years: 3 },
    { from: 200, to: 300, years: 7 },
  ],
  quantiles: [
    { share: 0.05, tokens: 110 },
    { share: 0.95, tokens: 290 },
  ],
  purchase: { quantity, price: 3, packs: [{ size: 100, count: 334 }] },
  curve: [quantity],
  guide: [{ factor: 1.15, quantity }],
  currency: 'USD',
  years: 10,
  mean: 205,
  baseline: 200,
  reorder_at: 20,
  price: 3,
  known_from: '2026-01-01',
  known_to: '2026-11-19',
  gaps: ['no price for X'],
} as unknown as Sizing;

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

function open(address: string, answers: Parameters<typeof serve>[0]) {
  const orders: unknown[] = [];
  serve({
    '/v1/me': () => me(),
    '/v1/orders': (init) => {
      orders.push(JSON.parse(String(init?.body)));
      return Response.json({ id: null, said: ['done so'], warnings: [], dry_run: false, repeated: false });
    },
    ...answers,
  });
  const router = createRouter({ routeTree, history: createMemoryHistory({ initialEntries: [address] }) });
  renderWithin(<RouterProvider router={router as never} />);
  return { router, orders };
}

describe('a recommendation in a sentence', () => {
  const row = { days: 148.3, break_even: 97, p_saves: 0.836, advice: 'seat', offering_name: 'Revit', has_left: false } as Recommendation;
  it.each([
    [{}, 'Give a seat of Revit', '148 days of use a year; a seat pays from 97. The other way is cheaper in 84% of cases.'],
    [{ advice: 'tokens', break_even: null }, 'Move to tokens for Revit', '148 days of use a year. The other way is cheaper in 84% of cases.'],
    [{ stays: 'contractor' }, 'Leave as it is', '148 days of use a year; a seat pays from 97. Contractors stay on tokens.'],
    [{ stays: 'a-new-reason' }, 'Leave as it is', '148 days of use a year; a seat pays from 97. a-new-reason'],
    [{ has_left: true }, 'Take the seat back', '148 days of use a year; a seat pays from 97. The other way is cheaper in 84% of cases.'],
  ])('of %j is “%s: %s”', (changed, advice, reason) => {
    const changedRow = { ...row, stays: null, ...changed } as Recommendation;
    expect(adviceOf(changedRow)).toBe(advice);
    expect(reasonOf(changedRow)).toBe(reason);
  });
});

describe('a plan', () => {
  it('that was only drawn is decided on, and its moves wait', async () => {
    const { orders } = open('/plan/plans/p1', {
      '/v1/plans/p1': () => Response.json({ plan: head, rows: [move(1)], next: null }),
    });
    expect(await screen.findByRole('button', { name: 'Made: Person 1' })).toBeDisabled();
    expect(screen.getByText('Moves can be made once the plan is approved.')).toBeVisible();
    await userEvent.type(screen.getByRole('textbox', { name: 'Reason of the decision' }), 'it saves');
    await userEvent.click(screen.getByRole('button', { name: 'Approve' }));
    await waitFor(() => expect(orders).toEqual([{ order: 'judge-plan', plan: 'p1', approve: true, why: 'it saves' }]));
  });

  it('that was approved is carried out move by move', async () => {
    const { orders } = open('/plan/plans/p1', {
      '/v1/plans/p1': () =>
        Response.json({
          plan: { ...head, status: 'underway', made: 1 },
          rows: [move(1), move(2, { step: 'done', kind: 'release' })],
          next: null,
        }),
      '/v1/plans/p1/verification': () => problem(409, { title: 'Conflict', detail: 'nothing to hold against it' }),
    });
    const first = await screen.findByRole('row', { name: /Person 1/ });
    expect(first).toHaveTextContent('Seat 4 of revit$900.00a seat that is paid for90%');
    await userEvent.click(within(first).getByRole('button', { name: 'Made: Person 1' }));
    await waitFor(() => expect(orders).toEqual([{ order: 'step-plan', plan: 'p1', moves: [1], step: 'done' }]));
    await userEvent.click(await screen.findByRole('button', { name: 'Take back: Person 2' }));
    await waitFor(() => expect(orders).toHaveLength(2));
    expect(screen.queryByRole('button', { name: 'Approve' })).not.toBeInTheDocument();
    expect(await screen.findByText('nothing to hold against it')).toBeVisible();
  });
});

describe('the size of a purchase', () => {
  it('is told with its twin table, and with what is not known', async () => {
    const { router } = open('/plan/sizing', { '/v1/sizing': () => Response.json(sizing) });
    expect(await screen.findByText('33,400 tokens')).toBeVisible();
    expect(screen.getByText('334 × 100')).toBeVisible();
    expect(screen.getByText('no price for X')).toBeInTheDocument();
    expect(screen.getByRole('img', { name: /from 100 to 300/ })).toBeVisible();
    await userEvent.click(screen.getByRole('button', { name: 'Table' }));
    await waitFor(() => expect(router.state.location.search).toEqual({ view: 'table' }));
    expect(await screen.findByRole('columnheader', { name: 'Years' })).toBeVisible();
  });
});

describe('the mix', () => {
  it('is shown with its proof', async () => {
    const portfolio = {
      cost: usd('100.00'),
      seats: usd('60.00'),
      tokens_cost: usd('40.00'),
      tokens: 12,
      on_seats: 2,
      people: 5,
      lower_bound: usd('99.00'),
      gap: 0.01,
      is_checked: true,
      offerings: [{ offering: 'revit', name: 'Revit', now: 1, seats: 2 }],
      bands: [{ text: 'from 0 tokens', bound: usd('99.00') }],
      marginals: [],
      alternatives: [],
      known_from: '2026-01-01',
      known_to: '2026-11-19',
      gaps: [],
    } as unknown as Portfolio;
    open('/plan/portfolio', { '/v1/portfolio': () => Response.json(portfolio) });
    expect(await screen.findByText('No mix costs less than $99.00; this one is within 1% of that.')).toBeVisible();
    expect(screen.getByText('Checked')).toBeVisible();
    expect(screen.getByRole('row', { name: 'Revit 1 2' })).toBeVisible();
  });
});

describe('the parts of planning', () => {
  it('begin for whoever only buys with how much to buy', async () => {
    open('/plan', { '/v1/me': () => me('procurement', ['read-burn', 'read-outlook', 'read-purchases', 'buy-packs']) });
    const part = await screen.findByRole('link', { name: 'How many tokens' });
    await waitFor(() => expect(part).toHaveAttribute('aria-current', 'page'));
    expect(screen.queryByRole('link', { name: 'Recommendations' })).not.toBeInTheDocument();
  });
});
