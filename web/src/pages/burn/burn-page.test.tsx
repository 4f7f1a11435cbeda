import { createMemoryHistory, createRouter, RouterProvider } from '@tanstack/react-router';
import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Balances, Burn, DailyBurn, Forecast, Periods, Session, SessionPage, Summary } from '../../api/types';
import { routeTree } from '../../router';
import { me, problem, renderWithin, serve } from '../../test-page';

// jsdom has no canvas; the chart's own test covers what it draws.
vi.mock('./forecast-chart', () => ({ default: () => <div data-testid="forecast-chart" /> }));
vi.mock('./daily-chart', () => ({ default: () => <div data-testid="chart" /> }));

const amount = { tokens: 30, money: null };
const summary: Summary = {
  as_of: '2026-11-22T10:00:00Z',
  seq: 1,
  contract: { id: '1', name: 'Flex 2026', zone: 'Europe/Madrid', tariff: 'flex-daily', price: null },
  balance: { purchased: 100, left: 70, held: 0, available: 70, uncovered: 0 },
  burn: {
    today: amount,
    yesterday: amount,
    month_to_date: amount,
    projected_month: { ...amount, low: 20, high: 40, method: '' },
  },
  usage: null,
  open_sessions: 2,
  unclosed_sessions: 0,
  quarantined_sessions: 0,
  text: '70 of 100 tokens are left.',
};
const daily: DailyBurn = {
  from: '2026-11-21',
  to: '2026-11-22',
  zone: 'Europe/Madrid',
  days: ['2026-11-21', '2026-11-22'],
  series: [{ key: 'revit', name: 'Revit', tokens: [10, 20] }],
  plan: null,
  total: amount,
  stale: [],
  text: '30 tokens in two days.',
};
const burn: Burn = { by: 'person', from: daily.from, to: daily.to, rows: [], total: amount, stale: [], text: '' };
const balances: Balances = { packs: [], unallocated: 70, buckets: [], text: '' };
const session = (person: string, opened_at: string): Session => ({
  id: person,
  person: person.toLowerCase(),
  person_name: person,
  product: 'revit',
  product_name: 'Revit',
  host: 'WS-1',
  opened_at,
  last_seen: opened_at,
  route: 'tokens',
  bucket: null,
  bucket_name: null,
  tokens: 10,
  unclosed: false,
});
const sessions: SessionPage = {
  rows: [session('Anna', '2026-11-22T08:00:00Z'), session('Ben', '2026-11-22T09:00:00Z')],
  next: null,
  total: 2,
  open_now: 2,
  unclosed: 0,
};

const estimate = (expected: number, low: number, high: number) => {
  const range = { low, high };
  return { expected, half: range, four_in_five: range, nineteen_in_twenty: range };
};
const forecast: Forecast = {
  subject: 'contract',
  subject_name: 'the contract',
  history_days: 91,
  days: ['2026-11-23', '2026-11-24'],
  tokens: [123.96, 142.58],
  total: null,
  month_end: estimate(2654.6, 2551.7, 2733.9),
  term_last: null,
  term_end: null,
  used_up: { left: 1480, on: '2026-12-08', not_before: '2026-12-07', not_after: null },
  past: [
    { span: '7 days', count: 28, error: 0.061, bias: 0, four_in_five_held: 0.82, nineteen_in_twenty_held: 0.96 },
  ],
  text: '2,655 expected at the end of the month.',
};
const span = (key: string, before: number) => ({
  key,
  from: daily.from,
  to: daily.to,
  amount,
  before: { tokens: before, money: null },
});
const periods: Periods = {
  as_of: summary.as_of,
  zone: daily.zone,
  today: span('today', 0),
  usual: { mean: { tokens: 5.625 }, low: { tokens: 0 }, high: { tokens: 18 }, days: 8 },
  spans: [span('yesterday', 1), span('month-to-date', 25)],
  velocity: [],
  stale: [],
  text: '',
};

const answers = {
  '/v1/me': () => me(),
  '/v1/summary': () => Response.json(summary),
  '/v1/burn/daily': () => Response.json(daily),
  '/v1/burn': () => Response.json(burn),
  '/v1/balances': () => Response.json(balances),
  '/v1/sessions': () => Response.json(sessions),
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

function open(path: string, changed: Record<string, () => Response> = {}) {
  const fetched = serve({ ...answers, ...changed });
  const router = createRouter({ routeTree, history: createMemoryHistory({ initialEntries: [path] }) });
  // Another history makes another router type; the routes are the same.
  const { unmount } = renderWithin(<RouterProvider router={router as never} />);
  return { fetched, router, unmount };
}

const region = async (name: string) => within(await screen.findByRole('region', { name }));

describe('the Burn page', () => {
  it('asks for the days of the address, for as many before, and for no others', async () => {
    const { fetched } = open('/burn?from=2026-11-21&to=2026-11-22');
    await screen.findByTestId('chart');
    const ofRange = /^\/v1\/burn(\/daily)?\?/;
    const asked = fetched.mock.calls.map(([url]) => url).filter((url) => ofRange.test(url));
    expect(asked.length).toBeGreaterThan(0);
    const spans = /from=2026-11-21&to=2026-11-22|from=2026-11-19&to=2026-11-20/;
    expect(asked.filter((url) => !spans.test(url))).toEqual([]);
  });

  it('shows the chart as a table', async () => {
    const { router } = open('/burn');
    await screen.findByTestId('chart');
    await userEvent.click(screen.getByRole('button', { name: 'View as table' }));
    const rows = within(await screen.findByTestId('daily-table')).getAllByRole('row');
    expect(rows.map((row) => row.textContent)).toEqual([
      'DayRevitTotal',
      expect.stringMatching(/22.*200$/),
      expect.stringMatching(/21.*100$/),
    ]);
    expect(router.state.location.search).toEqual({ view: 'table' });
  });

  it('says why it is empty, and which commands help', async () => {
    open('/burn', { '/v1/burn/daily': () => Response.json({ ...daily, series: [] }) });
    const panel = await region('Burn by day');
    expect(await panel.findByText('faregate import flexnet FILE --zone Europe/Madrid')).toBeVisible();
    expect(panel.getByText('make demo')).toBeVisible();
  });

  it('shows what of a bucket nothing covered, and only then', async () => {
    const bucket = { key: 'a', name: 'General', allocated: 0, spent: 0, held: 0, available: 0, uncovered: 1087 };
    const buckets = [bucket, { ...bucket, key: 'b', name: 'Bridges', uncovered: 0 }];
    open('/burn', { '/v1/balances': () => Response.json({ ...balances, buckets }) });
    const panel = await region('Buckets');
    expect(await panel.findAllByText(/not covered/)).toHaveLength(1);
    expect(panel.getByText('1,087 not covered')).toBeVisible();
  });

  it('tells what is expected, within which range, and how good that was before', async () => {
    open('/burn?ahead=table', { '/v1/forecasts': () => Response.json(forecast) });
    const panel = await region('What is to come');
    expect(await panel.findByText('2,655 expected at the end of the month.')).toBeVisible();
    expect(panel.getByText('4 cases in 5: 2,552 – 2,734')).toBeVisible();
    expect(panel.getByText('Dec 8, 2026')).toBeVisible();
    expect(panel.getByText(/Dec 7, 2026 – after the term/)).toBeVisible();
    expect(
      panel.getByText('28 past forecasts of 7 days: mean error 6%; the range of 4 in 5 held 82%'),
    ).toBeVisible();
    const rows = within(panel.getByTestId('forecast-table')).getAllByRole('row');
    expect(rows.map((row) => row.textContent)).toEqual(['DayExpected', 'Nov 23, 2026124', 'Nov 24, 2026143']);
  });

  it('says plainly whose the forecast is to whoever may not see it', async () => {
    open('/burn', { '/v1/forecasts': () => problem(404, { title: 'Not Found', code: 'unknown' }) });
    expect(await screen.findByText(/^The forecast of the contract is for those who own it/)).toBeVisible();
  });

  it('puts today beside comparable days', async () => {
    open('/burn', { '/v1/burn/periods': () => Response.json(periods) });
    const tile = within(await screen.findByRole('group', { name: 'Burned today' }));
    expect(await tile.findByText('usually 6 by this hour (0 – 18)')).toBeVisible();
    const month = within(screen.getByRole('group', { name: 'This month' }));
    expect(month.getByText('25 last month up to the same point')).toBeVisible();
  });

  it('says which sources its figures lack, and only then', async () => {
    const text = 'What the licence server\'s log knows ends on 2026-11-19, 3 days ago: burn since then is from the gate only.';
    const stale = [{ source: 'debug.log', kind: 'licence-server-log', last_data: '2026-11-19T14:00:00Z', text }];
    const { unmount } = open('/burn', { '/v1/burn/daily': () => Response.json({ ...daily, stale }) });
    const note = await screen.findByRole('note');
    expect(note).toHaveTextContent(`These figures are not complete${text}`);
    unmount();
    open('/burn');
    await screen.findByTestId('chart');
    expect(screen.queryByRole('note')).toBeNull();
  });

  it('leads to the usage of other days', async () => {
    const usage = { first: '2020-05-05', last: '2022-07-07' };
    const { router } = open('/burn?q=ben', {
      '/v1/summary': () => Response.json({ ...summary, usage }),
      '/v1/burn/daily': () => Response.json({ ...daily, series: [] }),
    });
    const panel = await region('Burn by day');
    expect(await panel.findByText(/Your usage is from .*2020 to .*2022/)).toBeVisible();
    expect(panel.queryByText(/faregate import/)).toBeNull();
    await userEvent.click(panel.getByRole('link', { name: /^Show .*2021 to .*2022/ }));
    expect(router.state.location.search).toEqual({ q: 'ben', from: '2021-07-08', to: '2022-07-07' });
  });

  it('keeps the other panels when one question fails, and asks again', async () => {
    let broken = true;
    const fail = () => problem(503, { detail: 'ledger replaying', help: 'See the log.' });
    open('/burn', { '/v1/balances': () => (broken ? fail() : Response.json(balances)) });
    const panel = await region('Packs');
    expect(await panel.findByText('ledger replaying')).toBeVisible();
    expect(await screen.findByTestId('chart')).toBeVisible();
    broken = false;
    await userEvent.click(panel.getByRole('button', { name: 'Try again' }));
    expect(await panel.findByText(/No pack has been entered/)).toBeVisible();
    expect(panel.getByRole('link', { name: 'Take in a pack' })).toHaveAttribute('href', '/settings/contract');
  });

  it('counts apart what a log of another year left open', async () => {
    const left = { ...session('Dora', '2022-07-07T08:00:00Z'), route: 'log', tokens: 0, unclosed: true };
    open('/burn', {
      '/v1/summary': () => Response.json({ ...summary, unclosed_sessions: 1 }),
      '/v1/sessions': () =>
        Response.json({ ...sessions, rows: [...sessions.rows, left], total: 3, open_now: 2, unclosed: 1 }),
    });
    const tile = within(await screen.findByRole('group', { name: 'Sessions open now' }));
    expect(tile.getByText('1 not closed in the log')).toBeVisible();
    const panel = await region('Sessions open now');
    const row = (await panel.findByText('Dora')).closest('tr');
    expect(row).toHaveTextContent(/2022.*2022.*not closed in the log.*Licence server’s log/);
    expect(panel.getByText('2 of 2 sessions · 1 not closed in the log')).toBeVisible();
  });

  it('sorts and filters the sessions, and keeps both in the address', async () => {
    const { router } = open('/burn');
    const panel = await region('Sessions open now');
    const names = () =>
      panel
        .getAllByRole('row')
        .slice(1)
        .map((row) => row.textContent?.slice(0, 3));
    await panel.findByText('Anna');
    expect(names()).toEqual(['Ben', 'Ann']);
    await userEvent.click(panel.getByRole('button', { name: 'Person' }));
    expect(names()).toEqual(['Ann', 'Ben']);
    expect(panel.getByRole('columnheader', { name: 'Person' })).toHaveAttribute('aria-sort', 'ascending');
    await userEvent.type(panel.getByLabelText('Filter the sessions'), 'ben');
    expect(names()).toEqual(['Ben']);
    expect(router.state.location.search).toEqual({ sort: 'person', q: 'ben' });
  });
});
