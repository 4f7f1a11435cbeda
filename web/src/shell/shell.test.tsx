import { createMemoryHistory, createRouter, RouterProvider } from '@tanstack/react-router';
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { routeTree } from '../router';
import { renderWithin, serve } from '../test-page';

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

const sources = { as_of: '2026-11-22T10:00:00Z', sources: [], text: '' };
const noRules = { rows: [], standard: '' };

async function open(roles = ['administrator']) {
  const fetched = serve({
    '/v1/me': () => Response.json({ name: 'a', roles }),
    '/v1/sources': () => Response.json(sources),
    '/v1/alert-rules': () => Response.json(noRules),
    '/v1/people': () => Response.json({ rows: [{ key: 'u1', name: 'Ada Byron', groups: [] }], next: null }),
    '/v1/buckets': () => Response.json({ rows: [{ key: 'b1', name: 'Adam Works' }], next: null }),
  });
  const history = createMemoryHistory({ initialEntries: ['/sources'] });
  const router = createRouter({ routeTree, history });
  renderWithin(<RouterProvider router={router as never} />);
  await screen.findByRole('heading', { name: 'Sources', level: 1 });
  return { fetched, router };
}

describe('the shell', () => {
  it('links to what the roles reach', async () => {
    await open(['member']);
    const side = within(screen.getByRole('navigation', { name: 'Pages' }));
    await waitFor(() => expect(side.queryByRole('link', { name: 'Burn' })).not.toBeInTheDocument());
    expect(side.getByRole('link', { name: 'Alerts' })).toBeVisible();
  });

  it('puts the focus on the heading of the new page', async () => {
    await open();
    expect(document.body).toHaveFocus();
    await userEvent.click(screen.getByRole('link', { name: 'Alerts' }));
    await waitFor(() => expect(screen.getByRole('heading', { name: 'Alerts', level: 1 })).toHaveFocus());
  });

  it('leaves the focus where it is when something opens within a page', async () => {
    await open();
    await userEvent.click(screen.getByRole('link', { name: 'Alerts' }));
    const rules = await screen.findByRole('link', { name: 'Rules' });
    await userEvent.click(rules);
    await screen.findByRole('heading', { name: 'Nothing is watched yet' });
    expect(rules).toHaveFocus();
  });

  it('offers the pages in a drawer', async () => {
    await open();
    await userEvent.click(screen.getByRole('button', { name: 'Open the list of pages' }));
    const drawer = within(await screen.findByRole('dialog', { name: 'Pages' }));
    await userEvent.click(drawer.getByRole('link', { name: 'Alerts' }));
    expect(await screen.findByRole('heading', { name: 'Alerts', level: 1 })).toBeVisible();
    await waitFor(() => expect(screen.queryByRole('dialog')).not.toBeInTheDocument());
  });
});

describe('the palette', () => {
  it('goes to a page by its name and the arrow keys', async () => {
    const { router } = await open();
    await userEvent.keyboard('{Control>}k{/Control}');
    const field = await screen.findByRole('combobox', { name: /^Search pages/ });
    await waitFor(() => expect(field).toHaveFocus());
    expect(screen.getAllByRole('option')[0]).toHaveAttribute('aria-selected', 'true');
    await userEvent.keyboard('{ArrowDown}{ArrowUp}');
    await userEvent.type(field, 'aler{Enter}');
    await waitFor(() => expect(router.state.location.pathname).toBe('/alerts'));
  });

  it('asks the server for people and buckets', async () => {
    const { fetched } = await open();
    await userEvent.click(screen.getByRole('button', { name: 'Search and commands' }));
    await userEvent.type(await screen.findByRole('combobox'), 'ada');
    expect(await screen.findByRole('option', { name: 'Ada Byron People' })).toBeVisible();
    expect(await screen.findByRole('option', { name: 'Adam Works Buckets' })).toBeVisible();
    expect(fetched.mock.calls.map(([url]) => url)).toContain('/v1/people?q=ada&limit=6');
  });

  it('says when nothing is found', async () => {
    await open();
    serve({});
    await userEvent.keyboard('{Meta>}k{/Meta}');
    await userEvent.type(await screen.findByRole('combobox'), 'zzz');
    expect(await screen.findByText('Nothing is called “zzz”.')).toBeVisible();
  });
});

describe('single keys', () => {
  it('lead to a page, and list themselves', async () => {
    const { router } = await open();
    await userEvent.keyboard('ga');
    await waitFor(() => expect(router.state.location.pathname).toBe('/alerts'));
    await userEvent.keyboard('?');
    const sheet = within(await screen.findByRole('dialog', { name: 'Keyboard shortcuts' }));
    expect(sheet.getByRole('row', { name: /g then a Go to Alerts/ })).toBeVisible();
  });

  it('can be turned off, for good', async () => {
    const { router } = await open();
    await userEvent.keyboard('?');
    await userEvent.click(await screen.findByLabelText(/^Use single keys/));
    await userEvent.keyboard('{Escape}');
    await waitFor(() => expect(screen.queryByRole('dialog')).not.toBeInTheDocument());
    await userEvent.keyboard('ga?');
    expect(screen.queryByRole('dialog')).not.toBeInTheDocument();
    expect(router.state.location.pathname).toBe('/sources');
  });
});
