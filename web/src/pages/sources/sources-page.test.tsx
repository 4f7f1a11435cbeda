import { createMemoryHistory, createRouter, RouterProvider } from '@tanstack/react-router';
import { screen, within } from '@testing-library/react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Source, Sources } from '../../api/types';
import { routeTree } from '../../router';
import { me, renderWithin, serve } from '../../test-page';

const source = (changed: Partial<Source>): Source => ({
  name: 'debug.log',
  kind: 'licence-server-log',
  state: 'stable',
  why: 'up to date',
  last_data: '2026-11-22T09:55:00Z',
  lag_seconds: 300,
  lag: '5 minutes',
  stale_after_seconds: 900,
  stale: false,
  last_import: { number: 1204, at: '2026-11-22T09:56:00Z' },
  feeds: ['burn'],
  pulls: null,
  waiting: 0,
  bad: [],
  passed_over: [],
  ...changed,
});
const late = source({
  name: 'eba',
  kind: 'vendor',
  state: 'warning',
  stale: true,
  why: 'nothing of it has come yet',
  last_data: null,
  lag_seconds: null,
  lag: null,
  last_import: null,
});
const sources: Sources = { as_of: '2026-11-22T10:00:00Z', sources: [source({}), late], text: '2 sources, 1 of them stale.' };

beforeEach(() => {
  vi.stubGlobal(
    'EventSource',
    class extends EventTarget {
      close() {}
    },
  );
  vi.stubGlobal('scrollTo', () => {});
});

function open(answer: Sources) {
  serve({
    '/v1/me': () => me(),
    '/v1/sources': () => Response.json(answer),
    '/v1/imports': () => Response.json({ rows: [], next: null, count: 0 }),
    '/v1/imports/rejected': () => Response.json({ rows: [], next: null, count: 0 }),
    '/v1/uncharged': () => Response.json({ rows: [], sessions: 0 }),
  });
  const history = createMemoryHistory({ initialEntries: ['/sources'] });
  // Another history makes another router type; the routes are the same.
  renderWithin(<RouterProvider router={createRouter({ routeTree, history }) as never} />);
}

describe('the Sources page', () => {
  it('shows each source as the server judges it', async () => {
    open(sources);
    const table = within(await screen.findByRole('table'));
    const rows = table.getAllByRole('row').slice(1);
    expect(rows[0]).toHaveTextContent(/debug\.logLicence server’s logStable.*09:55.*5 minutes1,204, .*09:56.*up to date/);
    expect(rows[1]).toHaveTextContent('ebaVendorWarningstale–––nothing of it has come yet');
    expect(screen.getByText('2 sources, 1 of them stale.')).toBeVisible();
    expect(screen.getByRole('link', { name: 'Sources' })).toHaveAttribute('aria-current', 'page');
    expect(screen.getByRole('link', { name: 'Burn' })).not.toHaveAttribute('aria-current');
    expect(document.title).toBe('Sources · Faregate');
  });

  it('says what is taken in just now', async () => {
    open({ ...sources, sources: [source({ state: 'importing' })] });
    expect(await screen.findByText(/^Taken in just now: debug\.log\./)).toBeVisible();
  });

  it('says how to begin when there is none', async () => {
    open({ ...sources, sources: [], text: '' });
    expect(await screen.findByText('No source tells of use yet')).toBeVisible();
    expect(screen.getByText('faregate serve --sources FILE')).toBeVisible();
  });
});
