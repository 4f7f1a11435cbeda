import { createMemoryHistory, createRouter, RouterProvider } from '@tanstack/react-router';
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Portfolio, Renewal, Sizing, Summary } from '../../api/types';
import { routeTree } from '../../router';
import { me, problem, renderWithin, serve } from '../../test-page';

const quantity = { tokens: 33400, service_level: 0.33, expected_waste: 92, expected_short: 294, expected_cost: 101524.93 };
const known = { known_from: '2026-01-01', known_to: '2026-11-19', gaps: [] };
const sizing = {
  ...known,
  bars: [],
  quantiles: [],
  purchase: { quantity, price: 3, packs: [] },
  curve: [],
  guide: [],
  currency: 'USD',
  years: 10,
  mean: 205,
  baseline: 200,
  reorder_at: 20,
  price: 3,
} as unknown as Sizing;
const renewal = {
  ...known,
  proposal: { tokens: 5600, growth: 0.12, expected_waste: 1, probability_below: 0.5, least_discount: 0.1 },
  mean: 5000,
  levers: [],
  sensitivities: [],
  currency: 'USD',
} as unknown as Renewal;
const usd = (amount: string) => ({ amount, currency: 'USD' });
const portfolio = {
  ...known,
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
  bands: [],
  marginals: [],
  alternatives: [],
} as unknown as Portfolio;
const summary = { as_of: '2026-11-20T10:00:00Z', contract: { zone: 'UTC', price: usd('3.00') } } as unknown as Summary;
const BUYS = ['read-burn', 'read-outlook', 'read-purchases', 'buy-packs'];

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

type Refusal = { detail: string } | undefined;

/** A part of planning, and the offers that were asked about; `refuse` says which of them the server does not take. */
function open(address: string, refuse: (offered: string) => Refusal = () => undefined, rights = BUYS) {
  const asked: string[] = [];
  const answer = (body: unknown) => (init?: RequestInit) => {
    const { offered = '' } = JSON.parse(String(init?.body)) as { offered?: string };
    asked.push(offered);
    const refusal = refuse(offered);
    return refusal ? problem(422, { title: 'It cannot be offered', code: 'invalid-offer', ...refusal }) : Response.json(body);
  };
  serve({
    '/v1/me': () => me('procurement', rights),
    '/v1/summary': () => Response.json(summary),
    '/v1/balances': () => Response.json({ buckets: [{ key: 'structures', name: 'Structures' }], packs: [], unallocated: 0, text: '' }),
    '/v1/people': () => Response.json({ rows: [{ key: 'anna.lopez', name: 'Anna Lopez' }], next: null }),
    '/v1/sizing': answer(sizing),
    '/v1/portfolio': answer(portfolio),
    '/v1/renewal': answer(renewal),
  });
  const router = createRouter({ routeTree, history: createMemoryHistory({ initialEntries: [address] }) });
  renderWithin(<RouterProvider router={router as never} />);
  return { router, asked };
}

const withOffer = (path: string, text: string) => `${path}?offer=${encodeURIComponent(text)}`;
const opened = async () => userEvent.click(await screen.findByText('What the vendor offers'));
const field = (name: string) => screen.getByRole('textbox', { name });
const press = (name: string) => userEvent.click(screen.getByRole('button', { name }));

describe('an offer', () => {
  it('is written into fields, calculated, and kept in the address from part to part', async () => {
    const { router, asked } = open('/plan/sizing');
    await opened();
    expect(field('Price of a token (USD)')).toHaveAttribute('placeholder', '3');
    expect(field('Lead time (days)')).toHaveAttribute('placeholder', '10');
    expect(field('Price of a token (USD)')).toHaveAccessibleDescription('Bought ahead.');
    await userEvent.type(field('Price of a token (USD)'), '2,800.5');
    await userEvent.type(field('Sureness (%)'), '97.5');
    expect(screen.getByText(/^This is not calculated yet/)).toBeVisible();
    await userEvent.keyboard('{Enter}');
    const text = 'token_price = 2800.5\nservice = 0.975';
    await waitFor(() => expect(asked).toEqual(['', text]));
    expect(router.state.location.search).toEqual({ offer: text });
    await userEvent.click(screen.getByRole('link', { name: 'Renewal' }));
    await waitFor(() => expect(asked).toEqual(['', text, text]));
    expect(field('Price of a token (USD)')).toHaveValue('2,800.5');
    expect(screen.getByText('Kept for other parts of planning: Sureness.')).toBeVisible();
    router.history.back();
    router.history.back();
    await waitFor(() => expect(field('Price of a token (USD)')).toHaveValue(''));
    expect(router.state.location).toMatchObject({ pathname: '/plan/sizing', search: {} });
  });

  it('comes from the address, and is left again', async () => {
    const { router, asked } = open(withOffer('/plan/renewal', '[renewal]\ngrowth = 0.07\nbundle = []'));
    expect(await screen.findByRole('textbox', { name: 'Growth, says the vendor (%)' })).toHaveValue('7');
    expect(field('Savings of a bundle (%)')).toHaveValue('–');
    expect(field('Savings of a bundle (%)')).toBeVisible();
    await press('Without an offer');
    await waitFor(() => expect(asked.at(-1)).toBe(''));
    expect(router.state.location.search).toEqual({});
    expect(field('Growth, says the vendor (%)')).toHaveValue('');
  });

  it('has small lists; the focus goes where one goes on', async () => {
    const { asked } = open('/plan/portfolio');
    await opened();
    await press('Add a least number');
    const row = screen.getByRole('group', { name: 'Least number 1' });
    expect(await within(row).findByRole('combobox', { name: 'Bucket' })).toHaveFocus();
    await userEvent.selectOptions(within(row).getByRole('combobox', { name: 'Bucket' }), 'Structures');
    await userEvent.selectOptions(await within(row).findByRole('combobox', { name: 'Product' }), 'Revit');
    await userEvent.type(within(row).getByRole('textbox', { name: 'People' }), '5');
    await press('Add a discount by quantity');
    await press('Add a discount by quantity');
    expect(within(screen.getByRole('group', { name: 'Discount by quantity 2' })).getByRole('textbox', { name: 'From (tokens)' })).toHaveFocus();
    await press('Remove: Discount by quantity 1');
    expect(within(screen.getByRole('group', { name: 'Discount by quantity 1' })).getByRole('textbox', { name: 'From (tokens)' })).toHaveFocus();
    await press('Remove: Discount by quantity 1');
    expect(screen.getByRole('button', { name: 'Add a discount by quantity' })).toHaveFocus();
    await userEvent.click(screen.getByRole('checkbox', { name: 'Seats whose terms go on are paid for' }));
    await press('Calculate');
    const text = 'within_term = true\n\n[[minimum]]\nbucket = "structures"\noffering = "revit"\npeople = 5';
    await waitFor(() => expect(asked.at(-1)).toBe(text));
  });

  it('names people that the server proposes, to whoever may read them', async () => {
    open('/plan/portfolio', undefined, [...BUYS, 'read-estate', 'read-own']);
    await opened();
    await press('Add a person');
    const person = screen.getByRole('combobox', { name: 'Key, login or e-mail' });
    await userEvent.type(person, 'anna');
    await waitFor(() => expect(document.getElementById(person.getAttribute('list') ?? '')).toHaveTextContent('Anna Lopez'));
  });

  it('that cannot be read is not sent, and the first fault takes the focus', async () => {
    const { asked } = open('/plan/sizing');
    await opened();
    await userEvent.type(field('Lead time (days)'), 'a week');
    await userEvent.type(field('Sureness (%)'), '120');
    for (const button of ['Calculate', 'As text']) {
      await press(button);
      expect(field('Sizes of packs (tokens)')).toBeVisible();
      expect(field('Lead time (days)')).toHaveFocus();
      expect(field('Lead time (days)')).toHaveAccessibleDescription(/Write a whole number/);
    }
    expect(field('Sureness (%)')).toBeInvalid();
    expect(screen.getByText('This cannot be read yet: Lead time; Sureness.')).toBeVisible();
    expect(asked).toEqual(['']);
  });

  it('that the server refuses is marked where the fault is, and the answer before stays', async () => {
    const { asked } = open('/plan/sizing', (offered) =>
      offered.includes('tier') ? { detail: 'line 6: two of `tier` begin at 100: they overlap' } : undefined,
    );
    await opened();
    for (const at of ['1', '2']) {
      await press('Add a discount by quantity');
      const row = within(screen.getByRole('group', { name: `Discount by quantity ${at}` }));
      await userEvent.type(row.getByRole('textbox', { name: 'From (tokens)' }), '100');
      await userEvent.type(row.getByRole('textbox', { name: 'Discount (%)' }), at);
    }
    await press('Calculate');
    const second = within(screen.getByRole('group', { name: 'Discount by quantity 2' }));
    const from = second.getByRole('textbox', { name: 'From (tokens)' });
    await waitFor(() => expect(from).toHaveAccessibleDescription(/two of `tier` begin at 100/));
    expect(screen.getByText('It cannot be offered like this: Discounts by quantity.')).toBeVisible();
    expect(screen.getByText('33,400 tokens')).toBeVisible();
    expect(screen.getByText('What follows is for the offer before.')).toBeVisible();
    await userEvent.type(from, '0');
    expect(from).toBeValid();
    expect(asked).toHaveLength(2);
  });

  it('that the server refuses elsewhere is told above the fields', async () => {
    open(withOffer('/plan/sizing', 'packs = [7]'), () => ({ detail: 'the packs do not come to a pool' }));
    expect(await screen.findByText('the packs do not come to a pool')).toBeVisible();
    expect(screen.getByText('There is no answer to this offer yet.')).toBeVisible();
    expect(field('Sizes of packs (tokens)')).toHaveValue('7');
  });
});

describe('an offer as text', () => {
  it('is the same offer, and goes back to fields', async () => {
    const { asked } = open('/plan/sizing');
    await opened();
    await userEvent.type(field('Price of a token (USD)'), '3');
    await press('As text');
    const text = field('Offer in TOML');
    expect(text).toHaveValue('token_price = 3');
    await userEvent.type(text, '{Enter}lead_days = 21 # by letter');
    await press('As fields');
    expect(field('Lead time (days)')).toHaveValue('21');
    expect(screen.getByText(/has comments/)).toBeVisible();
    await press('Calculate');
    await waitFor(() => expect(asked.at(-1)).toBe('token_price = 3\nlead_days = 21 # by letter'));
  });

  it.each([
    ['token_prize = 3', 'It stays text: token_prize says something that no field can say.'],
    ['[[tier', 'It stays text: line 1 cannot be read as TOML.'],
  ])('stays text where fields cannot say it: %s', async (written, why) => {
    const { asked } = open(withOffer('/plan/sizing', written), () => ({ detail: 'line 1: it is wrong' }));
    const text = await screen.findByRole('textbox', { name: 'Offer in TOML' });
    await waitFor(() => expect(text).toHaveAccessibleDescription(/line 1: it is wrong/));
    await press('As fields');
    expect(screen.getByText((_, element) => element?.tagName === 'P' && element.textContent === why)).toBeVisible();
    expect(field('Offer in TOML')).toHaveValue(written);
    expect(asked).toEqual([written]);
  });

  it('that no address can hold is calculated all the same', async () => {
    const { router, asked } = open(withOffer('/plan/sizing', 'token_price = 3 # so'));
    await screen.findByRole('textbox', { name: 'Price of a token (USD)' });
    await press('As text');
    const long = `token_price = 4 # ${'very '.repeat(500)}long`;
    await userEvent.clear(field('Offer in TOML'));
    await userEvent.click(field('Offer in TOML'));
    await userEvent.paste(long);
    await press('Calculate');
    await waitFor(() => expect(asked.at(-1)).toBe(long));
    expect(router.state.location.search).toEqual({});
    expect(screen.getByText(/^The offer is too long for the address/)).toBeVisible();
    expect(field('Offer in TOML')).toHaveValue(long);
  });
});
