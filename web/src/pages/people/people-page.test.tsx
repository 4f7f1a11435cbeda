import { createMemoryHistory, createRouter, RouterProvider } from '@tanstack/react-router';
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { OnePerson, Recommendation, Seat } from '../../api/types';
import { routeTree } from '../../router';
import { me, problem, renderWithin, serve } from '../../test-page';

const ada = { key: 'ada', name: 'Ada Byron', bucket: 'north', groups: ['dept-a'], contractor: true, until: null };
const seat: Seat = {
  seat: 7,
  offering: 'revit',
  offering_name: 'Revit',
  holder: 'ada',
  holder_name: 'Ada Byron',
  from: '2026-01-01T00:00:00Z',
  until: '2027-01-01T00:00:00Z',
  in_use_on: ['WS-1'],
  last_used: null,
};
const person: OnePerson = {
  ...ada,
  names: [{ name: 'abyron', from: null, until: null }],
  seats: [seat],
  sessions: [],
  month_to_date: 12.5,
};
const advice: Recommendation = {
  person: 'ada',
  name: 'Ada Byron',
  seat: null,
  offering: 'revit',
  offering_name: 'Revit',
  advice: 'seat',
  stays: null,
  days: 148.3,
  break_even: 97,
  p_saves: 0.836,
  saving: { amount: '1538.29', currency: 'USD' },
  regret: { amount: '1', currency: 'USD' },
  on_tokens: { amount: '4448.29', currency: 'USD' },
  seat_price: { amount: '2910.00', currency: 'USD' },
  idle_days: 2,
  has_left: false,
};
const told = (rows: Recommendation[]) => ({ rows, gaps: [], known_from: '', known_to: '', next: null });

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

function open(address: string, answers: Parameters<typeof serve>[0] = {}) {
  const fetched = serve({
    '/v1/me': () => me(),
    '/v1/people': () => Response.json({ rows: [ada], next: null }),
    '/v1/people/ada': () => Response.json(person),
    '/v1/seats': () => Response.json({ rows: [seat], next: null }),
    '/v1/recommendations': () => Response.json(told([advice])),
    ...answers,
  });
  const router = createRouter({ routeTree, history: createMemoryHistory({ initialEntries: [address] }) });
  renderWithin(<RouterProvider router={router as never} />);
  return { router, urls: () => fetched.mock.calls.map(([url]) => url) };
}

describe('the people', () => {
  it('are found by the server, and the search is in the address', async () => {
    const { router, urls } = open('/people');
    const row = await screen.findByRole('row', { name: /Ada Byron/ });
    expect(row).toHaveTextContent('Ada Byronadanorthdept-aContractor');
    await userEvent.type(screen.getByRole('searchbox', { name: 'Search by name or key' }), 'ada');
    await waitFor(() => expect(router.state.location.search).toEqual({ q: 'ada' }));
    await waitFor(() => expect(urls()).toContain('/v1/people?q=ada&limit=200'));
  });

  it('lead to one of them', async () => {
    open('/people');
    await userEvent.click(await screen.findByRole('link', { name: 'Ada Byron' }));
    expect(await screen.findByRole('heading', { name: 'Ada Byron', level: 1 })).toBeVisible();
  });
});

describe('one person', () => {
  it('has names, cost, seats and a reasoned recommendation', async () => {
    open('/people/ada');
    expect(await screen.findByText('12.5 tokens')).toBeVisible();
    expect(screen.getByText('abyron')).toBeVisible();
    expect(screen.getByRole('link', { name: 'What the gate decided about them' })).toHaveAttribute('href', '/gate?person=ada');
    expect(screen.getByRole('row', { name: /Revit 7/ })).toHaveTextContent('WS-1');
    const panel = within(screen.getByRole('region', { name: 'Recommendation' }));
    expect(await panel.findByText('Give a seat of Revit')).toBeVisible();
    const why = '148 days of use a year; a seat pays from 97. The other way is cheaper in 84% of cases.';
    expect(panel.getByText(why)).toBeVisible();
  });

  it('is not told what is for others alone, and of themselves only', async () => {
    open('/people/ada', { '/v1/recommendations': () => problem(403, { title: 'Forbidden' }) });
    await screen.findByText('abyron');
    await waitFor(() => expect(screen.queryByRole('region', { name: 'Recommendation' })).not.toBeInTheDocument());
    const { urls } = open('/people/ada', { '/v1/recommendations': () => Response.json(told([])) });
    expect(await screen.findByText(/^There is none/)).toBeVisible();
    expect(urls()).toContain('/v1/recommendations?person=ada&limit=200');
  });

  it('is said to be unknown', async () => {
    open('/people/nobody', { '/v1/people/nobody': () => problem(404, { title: 'Not Found' }) });
    expect(await screen.findByRole('heading', { name: 'Nobody is known as nobody', level: 1 })).toBeVisible();
  });
});

describe('the seats', () => {
  it('are filtered by the server, and the filter is in the address', async () => {
    const { router, urls } = open('/seats?state=held');
    const row = await screen.findByRole('row', { name: /Revit/ });
    expect(row).toHaveTextContent(/RevitAda ByronNot seen by the gateWS-17/);
    expect(urls()).toContain('/v1/seats?state=held&limit=200');
    await userEvent.selectOptions(screen.getByRole('combobox', { name: 'Held' }), 'Free');
    await waitFor(() => expect(router.state.location.search).toEqual({ state: 'free' }));
  });
});
