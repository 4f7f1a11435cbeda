import { createMemoryHistory, createRouter, RouterProvider } from '@tanstack/react-router';
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Burn, BurnRow } from '../../api/types';
import { routeTree } from '../../router';
import { me, problem, renderWithin, serve } from '../../test-page';

vi.mock('./forecast-chart', () => ({ default: () => null }));
vi.mock('./daily-chart', () => ({ default: () => null }));

const amount = { tokens: 30, money: null };
const summary = {
  as_of: '2026-11-22T10:00:00Z',
  seq: 1,
  contract: { id: '1', name: 'Flex 2026', zone: 'Europe/Madrid', tariff: 'flex-daily', price: null },
  balance: { purchased: 100, left: 70, held: 0, available: 70, uncovered: 0 },
  burn: { today: amount, yesterday: amount, month_to_date: amount, projected_month: { ...amount, low: 20, high: 40, method: '' } },
  usage: null,
  open_sessions: 0,
  unclosed_sessions: 0,
  quarantined_sessions: 0,
  text: '',
};
const row = (key: string, name: string, tokens: number): BurnRow => ({
  key,
  name,
  tokens,
  money: { amount: '12.00', currency: 'EUR' },
  charges: 3,
  share: 0.5,
});
const table = (by: Burn['by'], rows: BurnRow[], tokens = 40): Burn => ({
  by,
  from: '',
  to: '',
  rows,
  total: { tokens, money: { amount: '120.00', currency: 'EUR' } },
  stale: [],
  text: `a table by ${by}`,
});

beforeEach(() => {
  vi.stubGlobal(
    'EventSource',
    class extends EventTarget {
      close() {}
    },
  );
  vi.stubGlobal('scrollTo', () => {});
});

function open(address: string, hasDepartments = true) {
  const fetched = serve({
    '/v1/me': () => me(),
    '/v1/summary': () => Response.json(summary),
    '/v1/burn': (_, url) => {
      const asked = new URL(url, 'http://x').searchParams;
      const before = asked.get('from') === '2026-09-28';
      switch (asked.get('by')) {
        case 'department':
          return hasDepartments
            ? Response.json(table('department', before ? [] : [row('dept-mep', 'MEP', 40)], before ? 50 : 40))
            : problem(400, { title: 'Bad Request', code: 'no-dimension' });
        case 'bucket':
          return Response.json(table('bucket', [row('north', 'North', 40)]));
        case 'product':
          return Response.json(table('product', [row('revit', 'Revit', 40)]));
        case 'person':
          return Response.json(table('person', [row('ada', 'Ada Byron', 40)]));
        case 'week-hour':
          return Response.json(table('week-hour', [row('tue-09', 'Tuesday 09:00', 7)]));
        default:
          return Response.json(table('day', [row('2026-11-03', '2026-11-03', 40)]));
      }
    },
  });
  const router = createRouter({ routeTree, history: createMemoryHistory({ initialEntries: [address] }) });
  renderWithin(<RouterProvider router={router as never} />);
  return { router, urls: () => fetched.mock.calls.map(([url]) => url) };
}

const panel = () => screen.findByRole('region', { name: 'Who burned what' }).then((region) => within(region));

describe('who burned what', () => {
  it('goes from the department to the product, the person and the day, in the address', async () => {
    const { router, urls } = open('/burn');
    const drill = await panel();
    await userEvent.click(await drill.findByRole('link', { name: 'MEP' }));
    await userEvent.click(await drill.findByRole('link', { name: 'Revit' }));
    await userEvent.click(await drill.findByRole('link', { name: 'Ada Byron' }));
    expect(await drill.findByRole('row', { name: /^3 Nov 2026|^Nov 3, 2026/ })).toBeVisible();
    expect(router.state.location.search).toEqual({ group: 'dept-mep', product: 'revit', person: 'ada' });
    expect(urls()).toContain('/v1/burn?by=day&from=2026-10-26&to=2026-11-22&group=dept-mep&product=revit&person=ada&limit=200');
    expect(drill.getByRole('link', { name: /^To the person/ })).toHaveAttribute('href', '/people/ada');
    const sessions = drill.getByRole('link', { name: /^Each session/ }).getAttribute('href');
    expect(sessions).toBe('/gate?person=ada&product=revit&from=2026-10-26&to=2026-11-22');
    await userEvent.click(drill.getByRole('button', { name: 'No longer only ada' }));
    expect(await drill.findByRole('link', { name: 'Ada Byron' })).toBeVisible();
  });

  it('is beside as many days before, in words and in a column', async () => {
    open('/burn');
    const drill = await panel();
    expect(await drill.findByText(/^40 tokens, €120.00 in these days; 50 tokens, €120.00 in the 28 days before, .*: it is less now\.$/)).toBeVisible();
    expect(drill.getByRole('row', { name: /^MEP 40 0 50% 3 €12.00/ })).toBeVisible();
  });

  it('begins with the bucket where there are no departments', async () => {
    open('/burn', false);
    expect(await (await panel()).findByRole('link', { name: 'North' })).toBeVisible();
  });

  it('is broken down by what the reader chooses', async () => {
    const { router } = open('/burn');
    const drill = await panel();
    await userEvent.selectOptions(await drill.findByRole('combobox', { name: 'By' }), 'Person');
    expect(await drill.findByRole('link', { name: 'Ada Byron' })).toBeVisible();
    await waitFor(() => expect(router.state.location.search).toEqual({ by: 'person' }));
  });
});

describe('the hours of the week', () => {
  it('are a map that the arrow keys read, and a table', async () => {
    const { router } = open('/burn');
    const map = await screen.findByRole('group', { name: 'Tokens by hour and day of the week' });
    map.focus();
    await userEvent.keyboard(`{ArrowDown}{ArrowDown}${'{ArrowRight}'.repeat(9)}`);
    expect(screen.getByText('Tuesday, 09:00–10:00: 7 tokens', { selector: '[role=status]' })).toBeInTheDocument();
    const twin = within(screen.getByRole('group', { name: 'View as: When tokens are burned' }));
    await userEvent.click(twin.getByRole('button', { name: 'Table' }));
    expect(await screen.findByRole('row', { name: /^09:00–10:00 0 7 0/ })).toBeVisible();
    expect(router.state.location.search).toEqual({ hours: 'table' });
  });
});
