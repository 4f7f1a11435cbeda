import { createMemoryHistory, createRouter, RouterProvider } from '@tanstack/react-router';
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { routeTree } from '../router';
import { me, MEMBER, problem, renderWithin, serve } from '../test-page';

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

async function open(who = () => me(), answers: Parameters<typeof serve>[0] = {}) {
  const fetched = serve({
    '/v1/me': who,
    '/v1/sources': () => Response.json(sources),
    '/v1/alert-rules': () => Response.json(noRules),
    '/v1/people': () => Response.json({ rows: [{ key: 'u1', name: 'Ada Byron', groups: [] }], next: null }),
    '/v1/buckets': () => Response.json({ rows: [{ key: 'b1', name: 'Adam Works' }], next: null }),
    '/v1/products': () => Response.json({ rows: [{ key: 'adapt', name: 'AdaPT', seats: [] }], next: null }),
    ...answers,
  });
  const history = createMemoryHistory({ initialEntries: ['/sources'] });
  const router = createRouter({ routeTree, history });
  renderWithin(<RouterProvider router={router as never} />);
  await screen.findByRole('heading', { name: 'Sources', level: 1 });
  return { fetched, router };
}

describe('the shell', () => {
  it('links to what the rights reach', async () => {
    await open(() => me('member', MEMBER));
    const side = within(screen.getByRole('navigation', { name: 'Pages' }));
    await waitFor(() => expect(side.queryByRole('link', { name: 'Burn' })).not.toBeInTheDocument());
    expect(side.getByRole('link', { name: 'Alerts' })).toBeVisible();
  });

  it('puts the focus on the heading of the new page', async () => {
    await open();
    expect(document.body).toHaveFocus();
    await userEvent.click(await screen.findByRole('link', { name: 'Alerts' }));
    await waitFor(() => expect(screen.getByRole('heading', { name: 'Alerts', level: 1 })).toHaveFocus());
  });

  it('leaves the focus where it is when something opens within a page', async () => {
    await open();
    await userEvent.click(await screen.findByRole('link', { name: 'Alerts' }));
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

  it('asks the server for people, buckets and products', async () => {
    const { fetched, router } = await open();
    await userEvent.click(screen.getByRole('button', { name: 'Search and commands' }));
    await userEvent.type(await screen.findByRole('combobox'), 'ada');
    expect(await screen.findByRole('option', { name: 'Ada Byron People' })).toBeVisible();
    expect(await screen.findByRole('option', { name: 'Adam Works Buckets' })).toBeVisible();
    expect(fetched.mock.calls.map(([url]) => url)).toContain('/v1/people?q=ada&limit=6');
    await userEvent.click(await screen.findByRole('option', { name: 'AdaPT Products' }));
    await waitFor(() => expect(router.state.location.href).toBe('/burn?product=adapt'));
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

describe('the menu of one’s own', () => {
  const openMenu = async () => userEvent.click(await screen.findByRole('button', { name: 'Account: a' }));

  it('says who one is, and where one is signed in', async () => {
    const rows = [
      { id: 'one', role: 'viewer', expires: '2026-11-22T20:00:00Z', current: true },
      { id: 'two', role: 'viewer', expires: '2026-11-22T21:00:00Z', current: false },
    ];
    const { fetched } = await open(() => me('viewer'), {
      '/v1/me/sign-ins': (init) =>
        init?.method === 'DELETE' ? new Response(null, { status: 204 }) : Response.json({ rows }),
    });
    await openMenu();
    expect(await screen.findByText('Auditor')).toBeVisible();
    expect(screen.queryByRole('menuitem', { name: 'Change my password' })).not.toBeInTheDocument();
    await userEvent.click(screen.getByRole('menuitem', { name: 'Where I am signed in' }));
    const dialogue = within(await screen.findByRole('dialog', { name: 'Where I am signed in' }));
    expect(await dialogue.findByText(/^This browser/)).toBeVisible();
    expect(dialogue.getAllByRole('listitem')).toHaveLength(2);
    await userEvent.click(dialogue.getByRole('button', { name: 'Sign out everywhere' }));
    const ended = () => fetched.mock.calls.some(([url, init]) => url === '/v1/me/sign-ins' && init?.method === 'DELETE');
    await waitFor(() => expect(ended()).toBe(true));
  });

  it('changes the password, and says that the one so far is wrong', async () => {
    let tries = 0;
    await open(() => me('member', MEMBER), {
      '/v1/sign-in/ways': () => Response.json({ password: true }),
      '/v1/me/password': () => {
        tries += 1;
        return tries === 1 ? problem(401, { code: 'wrong-password' }) : new Response(null, { status: 204 });
      },
    });
    await openMenu();
    await userEvent.click(await screen.findByRole('menuitem', { name: 'Change my password' }));
    const dialogue = within(await screen.findByRole('dialog', { name: 'Change my password' }));
    await userEvent.type(await dialogue.findByLabelText('Password so far'), 'so far');
    await userEvent.type(dialogue.getByLabelText('New password'), 'another of my own');
    await userEvent.click(dialogue.getByRole('button', { name: 'Change it' }));
    expect(await dialogue.findByText('The name or the password is wrong')).toBeVisible();
    await userEvent.click(dialogue.getByRole('button', { name: 'Change it' }));
    expect(await dialogue.findByText(/^Your password was changed/)).toBeVisible();
  });
});
