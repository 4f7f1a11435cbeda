import { createMemoryHistory, createRouter, RouterProvider } from '@tanstack/react-router';
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { PlaceBreach, PlaceUse, RegionsShared, Sites } from '../../api/types';
import { routeTree } from '../../router';
import { renderWithin, serve } from '../../test-page';

const summary = {
  as_of: '2026-11-22T10:00:00Z',
  seq: 1,
  contract: { name: 'Bridge and Sons', zone: 'Europe/Madrid' },
};
const madrid: PlaceUse = { month: null, country: 'es', site: 'madrid', of: 'bucket', key: 'north', opened: 40, refused: 0, breaches: 0 };
const used: PlaceUse[] = [
  madrid,
  { ...madrid, country: 'us', site: null, opened: 2, breaches: 1 },
  { ...madrid, country: null, site: null, of: null, key: null, opened: 0, refused: 3 },
];
const revit = { ...madrid, of: 'product', key: 'revit' };
const byProduct: PlaceUse[] = [
  revit,
  { ...revit, key: 'autocad', opened: 7, refused: 2 },
  { ...revit, of: null, key: null, opened: 0, refused: 1 },
];
const july = { ...madrid, of: null, key: null, month: '2026-07-01', opened: 9 };
const byMonth: PlaceUse[] = [{ ...july, month: '2026-08-01', opened: 11, refused: 4 }, july];
const breach: PlaceBreach = {
  decision: 175,
  at: '2026-11-20T10:00:00Z',
  person: 'ben',
  product: 'revit',
  host: 'WS-1',
  evidence: { address: '198.51.100.7', country: null, site: null },
  place: { country: 'us', region: null, site: null, trust: 'geo' },
  territory: { of: 'pool', key: null, allowed: ['es'], breach: 'quarantine', unknown: 'report', from: null, until: null },
  done: 'quarantined',
  review: null,
};
const seconds = Array.from({ length: 24 }, (_, hour) => (hour === 10 ? 5400 : 0));
const shared: RegionsShared = {
  from: '2026-11-01',
  to: '2026-11-22',
  regions: [{ region: 'iberia', name: 'Iberia', seconds, peak: 3, peak_at: '2026-11-20T10:00:00Z', at_the_peak_of_all: 3 }],
  peak_of_sum: 3,
  peak_at: '2026-11-20T10:00:00Z',
  sum_of_peaks: 4,
  text: 'one pool of 3 serves what would need 4',
};
const sites: Sites = {
  sites: [{ key: 'madrid', name: 'Madrid', country: 'es', zone: 'Europe/Madrid', networks: [{ cidr: '10.1.0.0/16', room: null, vpn: true }] }],
  regions: [{ key: 'iberia', name: 'Iberia', countries: ['es', 'pt'] }],
  territories: [{ of: 'bucket', key: 'north', allowed: ['iberia', 'fr'], breach: 'refuse', unknown: 'report', from: null, until: null }],
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

function open(address: string, rights = ['read-estate', 'run-faregate'], rows = [breach]) {
  const orders: unknown[] = [];
  const fetched = serve({
    '/v1/me': () => Response.json({ name: 'a', roles: ['administrator'], rights }),
    '/v1/summary': () => Response.json(summary),
    '/v1/places/use': (_, url) => {
      const rows = url.includes('by=product') ? byProduct : url.includes('by=place') ? byMonth : used;
      return Response.json({ from: '', to: '', rows, next: null });
    },
    '/v1/products': () => Response.json({ rows: [{ key: 'revit', name: 'Revit', seats: [] }], next: null }),
    '/v1/places/breaches': () => Response.json({ from: '', to: '', rows, next: null, waiting: 1 }),
    '/v1/places/sharing': () => Response.json(shared),
    '/v1/sites': () => Response.json(sites),
    '/v1/orders': (init) => {
      orders.push(JSON.parse(String(init?.body)));
      return Response.json({ said: ['decision 175 was accepted'], warnings: [], dry_run: false, repeated: false });
    },
  });
  const router = createRouter({ routeTree, history: createMemoryHistory({ initialEntries: [address] }) });
  renderWithin(<RouterProvider router={router as never} />);
  return { router, orders, urls: () => fetched.mock.calls.map(([url]) => url) };
}

describe('use by place', () => {
  it('has a row for each place and a column for what paid, with breaches marked', async () => {
    open('/places');
    expect(await screen.findByRole('row', { name: /^Madrid ?Spain 40 –/ })).toBeVisible();
    const abroad = screen.getByRole('row', { name: /^United States, at no site/ });
    expect(within(abroad).getByRole('link', { name: '1 breach' })).toHaveAttribute('href', '/places/breaches');
    expect(screen.getByRole('row', { name: /^Nobody knows where – 3/ })).toBeVisible();
  });

  it('is of the months in the address, added up by the server', async () => {
    const { router, urls } = open('/places?from=2025-12&to=2026-02');
    await screen.findByRole('row', { name: /^Madrid/ });
    expect(urls()).toContain('/v1/places/use?by=payer&over=period&from=2025-12-01&to=2026-02-28&limit=1000');
    expect(screen.getByRole('link', { name: '1 breach' })).toHaveAttribute('href', '/places/breaches?from=2025-12&to=2026-02');
    const [from, to] = ['From month', 'To month'].map((name) => screen.getByRole('combobox', { name }));
    await userEvent.selectOptions(from!, 'November 2026');
    await waitFor(() => expect(router.state.location.search).toEqual({}));
    await waitFor(() => expect(urls()).toContain('/v1/places/use?by=payer&over=period&from=2026-11-01&limit=1000'));
    await userEvent.selectOptions(from!, 'September 2026');
    await waitFor(() => expect(router.state.location.search).toEqual({ from: '2026-09' }));
    await userEvent.selectOptions(to!, 'August 2026');
    await waitFor(() => expect(router.state.location.search).toEqual({ to: '2026-08' }));
  });

  it('is of one month, as older links say it', async () => {
    const { urls } = open('/places?month=2026-02');
    await screen.findByRole('row', { name: /^Madrid/ });
    expect(urls()).toContain('/v1/places/use?by=payer&over=period&from=2026-02-01&to=2026-02-28&limit=1000');
  });

  it('has a column for each product, with what was turned away below', async () => {
    const { router, urls } = open('/places');
    await screen.findByRole('row', { name: /^Madrid/ });
    await userEvent.selectOptions(screen.getByRole('combobox', { name: 'Columns' }), 'Products');
    expect(await screen.findByRole('row', { name: /^Madrid ?Spain 7 ?2 turned away 40 0 ?1 turned away$/ })).toBeVisible();
    expect(screen.getAllByRole('columnheader').map((head) => head.textContent)).toEqual(['Place', 'autocad', 'Revit', 'Unknown products']);
    expect(router.state.location.search).toEqual({ columns: 'product' });
    expect(urls()).toContain('/v1/places/use?by=product&over=period&from=2026-11-01&limit=1000');
  });

  it('has a column for each month, in their order', async () => {
    const { urls } = open('/places?columns=month&from=2026-07&to=2026-08');
    expect(await screen.findByRole('row', { name: /^Madrid ?Spain 9 11 ?4 turned away$/ })).toBeVisible();
    expect(screen.getAllByRole('columnheader').map((head) => head.textContent)).toEqual(['Place', 'July 2026', 'August 2026']);
    expect(urls()).toContain('/v1/places/use?by=place&over=month&from=2026-07-01&to=2026-08-31&limit=1000');
  });
});

describe('the months', () => {
  it('are chosen without leaving the part where one is', async () => {
    const { router } = open('/places/breaches?to=2026-02&state=waiting');
    await userEvent.selectOptions(await screen.findByRole('combobox', { name: 'To month' }), 'October 2026');
    await waitFor(() => expect(router.state.location.search).toEqual({ from: '2026-02', to: '2026-10', state: 'waiting' }));
    expect(router.state.location.pathname).toBe('/places/breaches');
  });
});

describe('breaches', () => {
  it('are opened with their evidence and reviewed with a reason', async () => {
    const { router, orders } = open('/places/breaches');
    await userEvent.click(await screen.findByRole('link', { name: /20 Nov|Nov 20/ }));
    expect(router.state.location.search).toEqual({ breach: '175' });
    const panel = within(await screen.findByRole('region', { name: 'Breach 175' }));
    expect(panel.getByText('address 198.51.100.7')).toBeVisible();
    expect(panel.getByText('Where the address is registered')).toBeVisible();
    expect(panel.getByRole('link', { name: 'Explain the decision' })).toHaveAttribute('href', expect.stringMatching(/gate\?decision=.*175/));
    expect(panel.getByRole('button', { name: 'It is in order' })).toBeDisabled();
    await userEvent.type(panel.getByRole('textbox', { name: 'Why' }), 'at a client’s');
    await userEvent.click(panel.getByRole('button', { name: 'It is in order' }));
    expect(await panel.findByText('decision 175 was accepted')).toBeVisible();
    expect(orders).toEqual([{ order: 'review-breach', decision: 175, accepted: true, why: 'at a client’s' }]);
  });

  it('are only read without the right', async () => {
    open('/places/breaches?breach=175', ['read-estate']);
    expect(await screen.findByText('Your roles read this, and do not answer it.')).toBeVisible();
  });

  it('are those that wait, if the address says so', async () => {
    const { urls } = open('/places/breaches?state=waiting&breach=9');
    expect(await screen.findByText(/^It is not among the rows/)).toBeVisible();
    expect(urls()).toContain('/v1/places/breaches?from=2026-11-01&state=waiting&limit=200');
    expect(screen.getByText('1 waits for a look')).toBeVisible();
  });

  it('may be none', async () => {
    open('/places/breaches', [], []);
    expect(await screen.findByText('Nothing was used outside of its territory')).toBeVisible();
  });
});

describe('following the sun', () => {
  it('is a map whose cells the arrow keys read out', async () => {
    open('/places/sharing');
    const map = await screen.findByRole('group', { name: 'Use by region and hour of the day' });
    map.focus();
    await userEvent.keyboard('{ArrowRight}'.repeat(11));
    expect(screen.getByText(/^Iberia, 10:00–11:00 UTC: 1.5 h/, { selector: '[role=status]' })).toBeInTheDocument();
    await userEvent.keyboard('{End}{ArrowRight}{Home}{ArrowUp}{ArrowDown}');
    expect(screen.getByText(/^Iberia, 00:00–01:00 UTC/, { selector: '[role=status]' })).toBeInTheDocument();
    expect(screen.getByText('one pool of 3 serves what would need 4')).toBeVisible();
  });

  it('has a table as its twin', async () => {
    const { router } = open('/places/sharing');
    await userEvent.click(await screen.findByRole('button', { name: 'Table' }));
    expect(await screen.findByRole('row', { name: /^10:00–11:00 1.5 h/ })).toBeVisible();
    expect(router.state.location.search).toEqual({ view: 'table' });
  });
});

it('sites and territories are told in names', async () => {
  open('/places/sites');
  expect(await screen.findByRole('row', { name: /^Bucket north Iberia, France Is refused Is reported Always/ })).toBeVisible();
  expect(screen.getByRole('row', { name: /^Madrid madrid Spain/ })).toHaveTextContent('10.1.0.0/16 · people come in through it');
});
