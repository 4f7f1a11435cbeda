import { createMemoryHistory, createRouter, RouterProvider } from '@tanstack/react-router';
import { act, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { DecisionRow } from '../../api/types';
import { routeTree } from '../../router';
import { me, renderWithin, serve } from '../../test-page';
import { isWanted, withFresh, withTold } from './use-decisions';

const allowed: DecisionRow = {
  decision: 10,
  at: '2026-11-22T10:00:00Z',
  outcome: 'allowed',
  route: 'tokens',
  session: 's10',
  asked_as: 'abyron',
  person: 'ada',
  person_name: 'Ada Byron',
  product: 'revit',
  product_name: 'Revit',
  host: 'WS-1',
  bucket: 'north',
  bucket_name: 'North',
  tokens: 10,
  code: null,
  detail: null,
  rule: null,
  place: { trust: 'unknown', site: null, country: null, region: null },
  breach: null,
  trial: null,
};
const refused: DecisionRow = {
  ...allowed,
  decision: 11,
  outcome: 'refused',
  route: 'refused',
  session: null,
  code: 'bucket-exhausted',
  detail: 'too few tokens are left',
  rule: 'evenings',
};

let stream: EventTarget;

beforeEach(() => {
  localStorage.clear();
  vi.stubGlobal(
    'EventSource',
    class extends EventTarget {
      constructor() {
        super();
        stream = this;
      }
      close() {}
    },
  );
  vi.stubGlobal('scrollTo', () => {});
});

function tell(rows: DecisionRow[], more = false) {
  act(() => void stream.dispatchEvent(new MessageEvent('decisions', { data: JSON.stringify({ rows, more }) })));
}

function open(address: string) {
  const fetched = serve({
    '/v1/me': () => me(),
    '/v1/sessions': () => Response.json({ rows: [], next: null, total: 0, open_now: 0, unclosed: 0 }),
    '/v1/refusals': () => Response.json({ rows: [{ code: 'bucket-exhausted', detail: '', say: null, transient: true, remedies: [] }] }),
    '/v1/products': () => Response.json({ rows: [{ key: 'revit', name: 'Revit', seats: [] }], next: null }),
    '/v1/decisions': () => Response.json({ rows: [allowed], next: null }),
    '/v1/decisions/10': () => Response.json({ decision: 10, at: allowed.at, decided: 'opened', recomputed: 'opened', holds: true, facts: [] }),
  });
  const router = createRouter({ routeTree, history: createMemoryHistory({ initialEntries: [address] }) });
  renderWithin(<RouterProvider router={router as never} />);
  return { router, urls: () => fetched.mock.calls.map(([url]) => url) };
}

const panel = () => screen.findByRole('region', { name: 'Latest decisions' }).then((region) => within(region));

describe('the latest decisions', () => {
  it('appear as they are made, and hold still when they are told to', async () => {
    open('/gate');
    const list = await panel();
    expect(await list.findByRole('row', { name: /Let through Ada Byron Revit Tokens of North 10 WS-1/ })).toBeVisible();
    tell([refused]);
    expect(list.getAllByRole('row')[1]).toHaveTextContent('Turned awayAda ByronRevittoo few tokens are left (evenings)');
    await userEvent.click(list.getByRole('button', { name: 'Hold still' }));
    tell([{ ...refused, decision: 12, host: 'WS-12' }]);
    expect(list.queryByText('WS-12')).not.toBeInTheDocument();
    expect(list.getByText('Held still; 1 decision since')).toBeVisible();
    await userEvent.click(list.getByRole('button', { name: 'Follow' }));
    expect(list.getByText('WS-12')).toBeVisible();
  });

  it('say what was let through outside of its territory', async () => {
    open('/gate');
    const list = await panel();
    await list.findByRole('row', { name: /Ada Byron/ });
    tell([{ ...allowed, decision: 13, breach: 'quarantine' }]);
    expect(list.getByRole('row', { name: /Tokens of North, outside of its territory/ })).toBeVisible();
  });

  it('hold still by themselves while a key is among the rows', async () => {
    open('/gate');
    const list = await panel();
    (await list.findByRole('link', { name: /explain Revit of Ada Byron/ })).focus();
    expect(await list.findByText(/^Held still/)).toBeVisible();
  });

  it('lead to their explanation', async () => {
    const { router } = open('/gate');
    await userEvent.click(await (await panel()).findByRole('link', { name: /explain Revit of Ada Byron/ }));
    expect(await screen.findByText(/^Decision 10/)).toBeVisible();
    expect(router.state.location.search).toEqual({ decision: '10' });
  });

  it('are those that the address asks for, also the new ones', async () => {
    const { router, urls } = open('/gate?person=ada');
    const list = await panel();
    await userEvent.selectOptions(await list.findByRole('combobox', { name: 'Outcome' }), 'Turned away');
    await waitFor(() => expect(router.state.location.search).toEqual({ person: 'ada', outcome: 'refused' }));
    await waitFor(() => expect(urls()).toContain('/v1/decisions?person=ada&outcome=refused&limit=200'));
    tell([{ ...allowed, decision: 20, host: 'WS-20' }, { ...refused, decision: 19, host: 'WS-19' }]);
    expect(await list.findByText('WS-19')).toBeVisible();
    expect(list.queryByText('WS-20')).not.toBeInTheDocument();
  });

  it('say when there are more than can be shown, and are listed again', async () => {
    const { urls } = open('/gate');
    const list = await panel();
    await list.findByRole('row', { name: /Ada Byron/ });
    tell([refused], true);
    await userEvent.click(await list.findByRole('button', { name: 'List it again' }));
    expect(urls().filter((url) => url.startsWith('/v1/decisions?'))).toHaveLength(2);
  });
});

describe('what came', () => {
  const many = (from: number, count: number) => Array.from({ length: count }, (_, place) => ({ ...allowed, decision: from - place }));

  it('is there once, the latest first', () => {
    expect(withFresh([allowed], [refused, allowed]).map(({ decision }) => decision)).toEqual([11, 10]);
  });

  it('is kept up to a bound, beyond which it says that some are missing', () => {
    const first = withTold({ rows: [], gap: 0 }, { rows: many(400, 300), more: false }, {});
    expect([first.rows.length, first.gap]).toEqual([300, 0]);
    const then = withTold(first, { rows: many(700, 300), more: false }, {});
    expect([then.rows.length, then.gap]).toEqual([500, 201]);
  });

  it.each([
    [{}, true],
    [{ outcome: 'refused' }, false],
    [{ reason: 'bucket-exhausted' }, false],
    [{ person: 'abyron' }, true],
    [{ person: 'ben' }, false],
    [{ product: 'civil-3d' }, false],
    [{ from: '2026-11-22' }, true],
    [{ from: '2026-11-23' }, false],
    [{ to: '2026-11-22' }, false],
  ])('is asked for by %j: %s', (asked, wanted) => {
    expect(isWanted(allowed, asked)).toBe(wanted);
  });
});
