import { createMemoryHistory, createRouter, RouterProvider } from '@tanstack/react-router';
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Import, ImportUndo, RejectedLine, Uncharged } from '../../api/types';
import { routeTree } from '../../router';
import { me, MEMBER, problem, renderWithin, serve } from '../../test-page';

const told: Import = {
  number: 7,
  at: '2026-11-22T09:56:00Z',
  kind: 'flexnet',
  files: ['debug.log'],
  by: 'lena',
  events: 5_300,
  sessions: 2_645,
  open_sessions: 0,
  closed: 1,
  rejected: 2,
  quarantined: 2_644,
  duplicates: 0,
  session_seconds: 3_600,
  first: '2026-11-20T08:00:00Z',
  last: '2026-11-21T17:00:00Z',
  overlap: { uses: 0, times: 0, prices: 0 },
  undone: null,
};
const undone: Import = {
  ...told,
  number: 6,
  kind: 'csv:plotters',
  undone: { at: '2026-11-22T09:00:00Z', by: 'ada', sessions: 3, kept: 1, reopened: 0 },
};
const undo: ImportUndo = {
  number: 7,
  kind: 'flexnet',
  dry_run: true,
  sessions: 2_645,
  kept: 0,
  reopened: 0,
  reversed: 12,
  charged: 1,
  uncovered: { before: 20, after: 0 },
  buckets: [
    { bucket: 'general', name: 'General', spent: { before: 27, after: 7 }, available: { before: 73, after: 93 } },
  ],
};
const kept: Uncharged[] = [
  {
    key: 'inventor',
    name: 'Inventor',
    why: 'no-rate',
    help: '',
    sessions: 1_920,
    first: '2026-11-20T08:00:00Z',
    last: '2026-11-21T17:00:00Z',
  },
  { key: '1FOO', name: '1FOO', why: 'odd', help: 'ask `faregate`', sessions: 1, first: told.at, last: told.at },
];
const line: RejectedLine = { file: 'debug.log', line: 1_204, code: 'malformed', reason: 'no user', text: 'OUT: nonsense' };

type Answers = Parameters<typeof serve>[0];

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

function open(address = '/sources', changed: Answers = {}) {
  const fetched = serve({
    '/v1/me': () => me(),
    '/v1/sources': () => Response.json({ as_of: '2026-11-22T10:00:00Z', sources: [], text: '' }),
    '/v1/imports': () => Response.json({ rows: [told, undone], next: null, count: 2 }),
    '/v1/imports/7': () => Response.json(told),
    '/v1/imports/6': () => Response.json(undone),
    '/v1/imports/7/undo': (_, url) => Response.json({ ...undo, dry_run: url.includes('dry_run=true') }),
    '/v1/imports/rejected': () => Response.json({ rows: [line], next: null, count: 1 }),
    '/v1/uncharged': () => Response.json({ rows: kept, sessions: 1_921 }),
    ...changed,
  });
  const history = createMemoryHistory({ initialEntries: [address] });
  const router = createRouter({ routeTree, history });
  // Another history makes another router type; the routes are the same.
  renderWithin(<RouterProvider router={router as never} />);
  return { fetched, router };
}

const panel = async (name: string) => within(await screen.findByRole('region', { name }));

/** What was posted, by address. */
const posts = (fetched: ReturnType<typeof serve>) =>
  fetched.mock.calls.filter(([, init]) => init?.method === 'POST').map(([url]) => url);

describe('what was taken in', () => {
  it('is listed, and one import is opened with the keyboard', async () => {
    const { router } = open();
    const list = await panel('What was taken in');
    expect(await list.findAllByText('debug.log')).toHaveLength(2);
    expect(list.getByText('Table plotters')).toBeVisible();
    expect(list.getByText('Taken back')).toBeVisible();
    const link = list.getByRole('link', { name: 'Import 7, Licence server’s log' });
    link.focus();
    await userEvent.keyboard('{Enter}');
    const one = await panel('Import 7');
    expect(await one.findByText('2,645 sessions were new')).toBeVisible();
    expect(one.getByText('2,644 sessions were kept and not charged')).toBeVisible();
    expect(one.queryByText(/were there already/)).toBeNull();
    expect(router.state.location.search).toEqual({ import: '7' });
    await userEvent.click(one.getByRole('button', { name: 'Close the import' }));
    expect(router.state.location.search).toEqual({});
    expect(document.activeElement).toContainElement(link);
    expect(document.body).not.toHaveFocus();
  });

  it('is searched by any word', async () => {
    open('/sources?q=uncharged');
    expect(await screen.findByRole('searchbox', { name: 'Search kinds and files' })).toHaveValue('uncharged');
    expect(await screen.findByRole('heading', { name: 'What was taken in' })).toBeVisible();
    expect(await screen.findByRole('heading', { name: 'Kept, not charged' })).toBeVisible();
  });

  it('is taken back once it was seen what goes', async () => {
    const { fetched } = open('/sources?import=7');
    const one = await panel('Import 7');
    await userEvent.click(await one.findByRole('button', { name: 'Take it back…' }));
    expect(await one.findByText('2,645 sessions that nobody else tells of go')).toBeVisible();
    expect(one.getByText('Tokens that no bucket covers: 20 before, 0 after')).toBeVisible();
    const row = within(one.getByRole('table')).getAllByRole('row')[1];
    expect(row).toHaveTextContent(/General.*27.*7.*73.*93/);
    expect(posts(fetched)).toEqual(['/v1/imports/7/undo?dry_run=true']);
    // The button that was pressed is gone; the next Tab leads to the table, and from there to what stands in its place.
    expect(document.activeElement).toContainElement(one.getByRole('button', { name: 'Take import 7 back now' }));
    expect(document.body).not.toHaveFocus();
    await userEvent.click(one.getByRole('button', { name: 'Leave it as it is' }));
    expect(one.queryByText('If it is taken back')).toBeNull();
    await userEvent.click(one.getByRole('button', { name: 'Take it back…' }));
    await userEvent.click(await one.findByRole('button', { name: 'Take import 7 back now' }));
    expect(await one.findByText('It was taken back')).toBeVisible();
    expect(posts(fetched).at(-1)).toBe('/v1/imports/7/undo');
    expect(one.queryByRole('button', { name: /back/ })).toBeNull();
  });

  it.each([
    ['/sources?import=6', {}, 'It was taken back already; its files can be brought again.'],
    [
      '/sources?import=7',
      { '/v1/me': () => me('viewer', [...MEMBER, 'read-burn']) },
      'Your role may not take imports back.',
    ],
  ] satisfies [string, Answers, string][])('says why %s cannot be taken back', async (address, changed, why) => {
    open(address, changed);
    expect(await screen.findByText(why)).toBeVisible();
    expect(screen.getByRole('button', { name: 'Take it back…' })).toBeDisabled();
  });

  it('says what the server refused', async () => {
    const refused = () => problem(409, { title: 'Conflict', detail: 'import 7 was undone already', code: 'undone-already' });
    open('/sources?import=7', { '/v1/imports/7/undo': refused });
    await userEvent.click(await screen.findByRole('button', { name: 'Take it back…' }));
    expect(await screen.findByText('import 7 was undone already')).toBeVisible();
  });

  it('has no import of a number that was made up', async () => {
    open('/sources?import=99');
    expect(await screen.findByText('There is no import with this number.')).toBeVisible();
  });
});

describe('what is not in the books', () => {
  it('is told by product and why, with what helps', async () => {
    open();
    const uncharged = await panel('Kept, not charged');
    expect(await uncharged.findByText(/^1,921 sessions are kept and not charged/)).toBeVisible();
    const rows = within(uncharged.getByRole('table')).getAllByRole('row').slice(1);
    expect(rows[0]).toHaveTextContent(/InventorNo rate1,920/);
    const helps = uncharged.getAllByRole('listitem');
    expect(helps[0]).toHaveTextContent('faregate init --tariff FILE');
    // What these words do not know is told as the server does.
    expect(helps[1]).toHaveTextContent('odd: ask faregate');
  });

  it('says so when nothing is', async () => {
    open('/sources', { '/v1/uncharged': () => Response.json({ rows: [], sessions: 0 }) });
    expect(await screen.findByText('All use that was taken in is charged or on a seat.')).toBeVisible();
  });

  it('lists rejected lines, and searches them on the server', async () => {
    const { fetched, router } = open('/sources?lines=nons');
    const rejected = await panel('Rejected lines');
    expect(await rejected.findByText('OUT: nonsense')).toBeVisible();
    expect(rejected.getByText('1 line')).toBeVisible();
    const asked = () => fetched.mock.calls.map(([url]) => url).filter((url) => url.includes('/rejected'));
    expect(asked()).toEqual(['/v1/imports/rejected?q=nons&limit=200']);
    await userEvent.clear(rejected.getByLabelText('Search files, reasons and lines'));
    await waitFor(() => expect(router.state.location.search).toEqual({}));
    expect(rejected.getByRole('button', { name: 'Take along' })).toBeVisible();
  });
});
