import { createMemoryHistory, createRouter, RouterProvider } from '@tanstack/react-router';
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { parse } from 'smol-toml';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { routeTree } from '../../router';
import { me, problem, renderWithin, serve } from '../../test-page';

const account = (name: string, changed = {}) => ({
  name,
  display: name,
  email: null,
  roles: ['viewer'],
  has_password: true,
  disabled: false,
  must_change: false,
  ...changed,
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

type Sent = [method: string, url: string, body: unknown];

function open(address: string, answers: Parameters<typeof serve>[0] = {}) {
  const fetched = serve({
    '/v1/me': () => me(),
    '/v1/accounts': () => Response.json({ rows: [account('ana'), account('ben', { disabled: true })] }),
    '/v1/accounts/ana': () => Response.json(account('ana')),
    '/v1/keys': (init) =>
      init?.method === 'POST'
        ? Response.json({ key: 'fg_secret', name: 'power bi', role: 'viewer', expires: null }, { status: 201 })
        : Response.json({ rows: [{ id: 'k1', name: 'script', role: 'administrator', expires: null }] }),
    '/v1/keys/k1': () => new Response(null, { status: 204 }),
    ...answers,
  });
  const router = createRouter({ routeTree, history: createMemoryHistory({ initialEntries: [address] }) });
  renderWithin(<RouterProvider router={router as never} />);
  const sent = (): Sent[] =>
    fetched.mock.calls
      .filter(([, init]) => init?.method)
      .map(([url, init]) => [init?.method ?? '', url, init?.body ? JSON.parse(String(init.body)) : undefined]);
  return { router, sent };
}

describe('the accounts', () => {
  it('are added with a first password', async () => {
    const { sent } = open('/settings');
    await userEvent.click(await screen.findByRole('button', { name: 'Add an account' }));
    const dialogue = within(await screen.findByRole('dialog', { name: 'Add an account' }));
    await userEvent.click(dialogue.getByRole('button', { name: 'Add an account' }));
    expect(dialogue.getByText('Write your name first.')).toBeVisible();
    await userEvent.type(dialogue.getByLabelText('Name to sign in with'), 'eva');
    await userEvent.selectOptions(dialogue.getByLabelText('Role'), 'Approver');
    await userEvent.type(dialogue.getByLabelText('First password'), 'three words here');
    await userEvent.click(dialogue.getByRole('button', { name: 'Add an account' }));
    await waitFor(() => expect(screen.queryByRole('dialog')).not.toBeInTheDocument());
    const body = { name: 'eva', role: 'approver', password: 'three words here', display: null, email: null };
    expect(sent()).toEqual([['POST', '/v1/accounts', body]]);
  });

  it('are changed, and keep what is not named', async () => {
    const { sent } = open('/settings');
    await userEvent.click(await screen.findByRole('button', { name: 'Change ana' }));
    const dialogue = within(await screen.findByRole('dialog', { name: 'Change ana' }));
    await userEvent.click(dialogue.getByLabelText('Let nobody in with this account'));
    await userEvent.click(dialogue.getByRole('button', { name: 'Save' }));
    const body = { display: 'ana', email: '', disabled: true };
    await waitFor(() => expect(sent()).toEqual([['PATCH', '/v1/accounts/ana', body]]));
  });

  it('are looked at by whoever may not change them', async () => {
    open('/settings', { '/v1/me': () => me('viewer', ['read-burn', 'read-estate', 'read-access']) });
    expect(await screen.findByRole('row', { name: /ben.*Disabled/ })).toBeVisible();
    expect(screen.getByRole('button', { name: 'Add an account' })).toBeDisabled();
    expect(screen.getByText(/^You may look/)).toBeVisible();
    expect(screen.queryByRole('button', { name: 'Change ana' })).not.toBeInTheDocument();
  });

  it('say why one was not changed', async () => {
    const last = { title: 'Conflict', detail: '`ana` is the last administrator who can sign in' };
    open('/settings', { '/v1/accounts/ana': () => problem(409, last) });
    await userEvent.click(await screen.findByRole('button', { name: 'Change ana' }));
    await userEvent.click(await screen.findByRole('button', { name: 'Save' }));
    expect(await screen.findByText(/is the last administrator/)).toBeVisible();
  });
});

describe('the keys', () => {
  it('are shown once', async () => {
    const { sent } = open('/settings/keys');
    await userEvent.click(await screen.findByRole('button', { name: 'Make a key' }));
    const dialogue = within(await screen.findByRole('dialog', { name: 'Make a key' }));
    expect(dialogue.getByRole('button', { name: 'Make it' })).toBeDisabled();
    await userEvent.type(dialogue.getByLabelText('Whose'), 'power bi');
    await userEvent.selectOptions(dialogue.getByLabelText('Ends'), 'After 90 days');
    await userEvent.click(dialogue.getByRole('button', { name: 'Make it' }));
    expect(await dialogue.findByText('fg_secret')).toBeVisible();
    expect(sent()).toEqual([['POST', '/v1/keys', { name: 'power bi', role: 'viewer', days: 90 }]]);
    await userEvent.click(dialogue.getByRole('button', { name: 'I have kept it' }));
    await waitFor(() => expect(screen.queryByText('fg_secret')).not.toBeInTheDocument());
  });

  it('are revoked once that is confirmed', async () => {
    const { sent } = open('/settings/keys');
    await userEvent.click(await screen.findByRole('button', { name: 'Revoke script (k1)' }));
    await userEvent.click(await screen.findByRole('button', { name: 'Revoke the key' }));
    await waitFor(() => expect(sent()).toEqual([['DELETE', '/v1/keys/k1', undefined]]));
  });
});

describe('the other parts', () => {
  it('tell which role may do what', async () => {
    const rows = [
      { role: 'member', machine: false, rights: ['read-own'] },
      { role: 'administrator', machine: false, rights: ['read-own', 'run-faregate'] },
    ];
    open('/settings/rights', { '/v1/rights': () => Response.json({ rights: ['read-own', 'run-faregate'], rows }) });
    const row = await screen.findByRole('row', { name: /Change who and what there is/ });
    expect(within(row).getAllByRole('cell').map((cell) => cell.textContent)).toEqual(['no', 'yes']);
  });

  it('take in a pack once all of it is said', async () => {
    const summary = { as_of: '2026-11-22T10:00:00Z', contract: { name: 'Flex', zone: 'UTC', price: null } };
    const { sent } = open('/settings/contract', {
      '/v1/me': () => me('procurement', ['read-burn', 'buy-packs']),
      '/v1/summary': () => Response.json(summary),
      '/v1/balances': () => Response.json({ packs: [], buckets: [] }),
      '/v1/terms': () => problem(403, { title: 'Forbidden' }),
      '/v1/orders': () => Response.json({ said: ['pack came in'], warnings: [] }),
    });
    const form = within(await screen.findByRole('region', { name: 'Take in a pack' }));
    expect(screen.queryByRole('region', { name: 'What is agreed' })).not.toBeInTheDocument();
    await userEvent.type(form.getByLabelText('Name of the pack'), 'Flex 2027');
    await userEvent.type(form.getByLabelText('How many tokens'), '5,000');
    await userEvent.type(form.getByLabelText('Valid from'), '2027-01-01');
    expect(form.getByText('Choose both days.')).toBeVisible();
    await userEvent.type(form.getByLabelText('First day it is no longer valid'), '2028-01-01');
    await userEvent.type(form.getByLabelText('Price of one token'), '1,250.5x');
    expect(form.getByText('Write the price as a number, or leave it empty.')).toBeVisible();
    await userEvent.type(form.getByLabelText('Price of one token'), '{Backspace}');
    await userEvent.click(form.getByRole('button', { name: 'Take it in' }));
    expect(await form.findByText('pack came in')).toBeVisible();
    const price = { amount: '1250.5', currency: 'USD' };
    const order = { order: 'buy', name: 'Flex 2027', tokens: 5000, from: '2027-01-01', until: '2028-01-01', price };
    expect(sent()).toEqual([['POST', '/v1/orders', order]]);
  });

  it('begin with the first that the rights reach', async () => {
    const { router } = open('/settings', {
      '/v1/me': () => me('procurement', ['read-burn']),
      '/v1/balances': () => Response.json({ packs: [], buckets: [] }),
    });
    await waitFor(() => expect(router.state.location.pathname).toBe('/settings/contract'));
  });

  it('make codes for workstations', async () => {
    open('/settings/workstations', {
      '/v1/agents': () => Response.json({ rows: [], rules: 0 }),
      '/v1/agents/codes': () => Response.json({ codes: ['fge_1'], expires: '2026-11-23T10:00:00Z' }),
    });
    expect(await screen.findByText('No workstation is enrolled')).toBeVisible();
    await userEvent.click(screen.getByRole('button', { name: 'Make codes' }));
    expect(await screen.findByText(/^echo fge_1 \| faregate-agent enrol --server/)).toBeVisible();
  });
});

describe('who decides', () => {
  const terms = {
    owners: ['ada'],
    large: 1500,
    request_seconds: 604_800,
    seat_moves_a_day: 0,
    seat_hosts_max: null,
    seat_move_cost: null,
    carry_share: null,
    carry_seconds: null,
  };

  it('is written as a row of a file, and nothing takes away what was there', async () => {
    const { sent } = open('/settings/contract', {
      '/v1/terms': () => Response.json(terms),
      '/v1/people': () => Response.json({ rows: [{ key: 'bob', name: 'Bob Hill' }], groups: null, next: null }),
      '/v1/estate': () => Response.json({ dry_run: false, summary: 'terms: 1 changed', changes: [], notes: [] }),
    });
    await userEvent.click(await screen.findByText('Change who decides'));
    await userEvent.type(screen.getByRole('combobox', { name: /^Who decides where/ }), 'Hill');
    await userEvent.click(await screen.findByRole('option', { name: /Bob Hill/ }));
    const large = screen.getByRole('textbox', { name: /^Two of them/ });
    expect(large).toHaveValue('1,500');
    await userEvent.clear(large);
    await userEvent.click(screen.getByRole('button', { name: 'Change it' }));
    expect(await screen.findByText('terms: 1 changed')).toBeVisible();
    const [, , body] = sent().find(([, url]) => url === '/v1/estate') ?? [];
    const { files } = body as { files: { text: string }[] };
    expect(parse(files[0]?.text ?? '')).toEqual({ terms: { owners: ['ada', 'bob'], large: '-' } });
  });

  it('is looked at by whoever may not change it', async () => {
    open('/settings/contract', {
      '/v1/me': () => me('viewer', ['read-burn', 'read-estate']),
      '/v1/terms': () => Response.json(terms),
    });
    expect(await screen.findByText('1,500 tokens')).toBeVisible();
    expect(screen.queryByText('Change who decides')).not.toBeInTheDocument();
  });
});
