import { createMemoryHistory, createRouter, RouterProvider } from '@tanstack/react-router';
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { PolicyCheck, PolicySet, PolicySimulation } from '../../api/types';
import { routeTree } from '../../router';
import { problem, renderWithin, serve } from '../../test-page';
import { read } from './checked';

const evenings: PolicySet = { name: 'evenings', mode: 'monitor', text: 'permit (\n  principal, action, resource\n);\n' };
const changed = { person: 'ada', product: 'revit', before: 'tokens', after: 'outside-schedule', rule: 'late', times: 2 };
const fault = 'evenings:2:3: `principle` is no part of a policy\n  help: write `principal`';
const unknown = { code: 'unknown-name', shuts_out_everyone: false, set: 'evenings', line: 1, message: 'nothing bears `x`', help: 'look' };
const nobody = {
  code: 'nothing-permits',
  shuts_out_everyone: true,
  set: null,
  line: null,
  message: 'these policies refuse everyone: none of them permits anything',
  help: 'adopt the set `base`',
};
const simulated: PolicySimulation = {
  from: '2026-11-01',
  to: '2026-11-07',
  cut: false,
  asks: 40,
  changed: 2,
  rows: [changed],
  tokens_before: 90,
  tokens_after: 70,
  money: { amount: '-60.00', currency: 'USD' },
  happened_otherwise: 0,
  tokens_charged: 95,
  basis: 'on the budgets of today',
  text: '2 of 40 requests would end otherwise.',
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

const body = (init: RequestInit | undefined) => JSON.parse(String(init?.body)) as { sets: { text: string }[] };

function open(address: string, { rights = ['read-estate', 'run-faregate'], rows = [evenings], warnings = [unknown] as PolicyCheck['warnings'] } = {}) {
  const sent: Record<string, unknown>[] = [];
  const fetched = serve({
    '/v1/me': () => Response.json({ name: 'a', roles: ['administrator'], rights }),
    '/v1/policies': () => Response.json({ rows }),
    '/v1/policies/check': (init) => {
      const isBad = body(init).sets[0]!.text.includes('principle');
      return Response.json({ valid: !isBad, faults: isBad ? [fault] : [], warnings: isBad ? [] : warnings });
    },
    '/v1/policies/diff': (init) =>
      body(init).sets[0]!.text.includes('principle')
        ? problem(422, { title: 'Unprocessable' })
        : Response.json({ asks: 200, changed: 1, rows: [changed], text: '1 of 200 answers would change.' }),
    '/v1/policies/simulate': (init) => {
      sent.push(JSON.parse(String(init?.body)) as Record<string, unknown>);
      return Response.json(simulated);
    },
    '/v1/orders': (init) => {
      sent.push(JSON.parse(String(init?.body)) as Record<string, unknown>);
      return Response.json({ said: ['policies `evenings` are watched'], warnings: [], dry_run: false, repeated: false });
    },
  });
  const router = createRouter({ routeTree, history: createMemoryHistory({ initialEntries: [address] }) });
  renderWithin(<RouterProvider router={router as never} />);
  return { router, sent, urls: () => fetched.mock.calls.map(([url]) => url) };
}

describe('the policies', () => {
  it('are adopted once their author has seen whose answers change', async () => {
    const { router, sent } = open('/gate/policies');
    await userEvent.click(await screen.findByRole('button', { name: 'Edit evenings' }));
    expect(router.state.location.search).toEqual({ set: 'evenings' });
    const adopt = screen.getByRole('button', { name: 'Adopt' });
    expect(adopt).toBeDisabled();
    expect(screen.getByText('Look at whose answers would change first.')).toBeVisible();
    await userEvent.click(screen.getByRole('button', { name: 'Whose answers would change' }));
    expect(await screen.findByRole('row', { name: /^ada revit Tokens outside-schedule late 2/ })).toBeVisible();
    const panel = within(screen.getByRole('region', { name: 'Let it hold' }));
    expect(panel.getByText('evenings · Watching · instead of the set of this name')).toBeVisible();
    expect(panel.getByText('1 of 200 answers would change.')).toBeVisible();
    await userEvent.selectOptions(panel.getByRole('combobox', { name: 'Mode' }), 'In force');
    await userEvent.click(adopt);
    expect(await panel.findByText(/are watched/)).toBeVisible();
    expect(sent).toEqual([{ order: 'adopt-policy', name: 'evenings', text: evenings.text, mode: 'enforce' }]);
  });

  it('lead from a fault to its line, and what was said of another text is gone', async () => {
    open('/gate/policies?set=evenings');
    const field = await screen.findByRole<HTMLTextAreaElement>('textbox', { name: 'Policies, in Cedar' });
    await userEvent.clear(field);
    await userEvent.type(field, 'permit (\nprinciple);');
    await userEvent.click(screen.getByRole('button', { name: 'Check' }));
    await userEvent.click(await screen.findByRole('button', { name: 'Line 2' }));
    expect(field).toHaveFocus();
    expect(field.value.slice(field.selectionStart, field.selectionEnd)).toBe('principle);');
    expect(screen.getByText('The policies cannot be adopted: 1 fault.')).toBeVisible();
    await userEvent.type(field, ' ');
    expect(screen.queryByText(/cannot be adopted/)).not.toBeInTheDocument();
  });

  it('say plainly that everybody would be turned away', async () => {
    open('/gate/policies?set=evenings', { warnings: [unknown, nobody] });
    await userEvent.click(await screen.findByRole('button', { name: 'Whose answers would change' }));
    const sentence = 'In force, these policies would turn everybody away.';
    const panel = within(screen.getByRole('region', { name: 'Let it hold' }));
    expect(await panel.findByText(sentence)).toBeVisible();
    expect(screen.getAllByText(sentence)).toHaveLength(2);
    expect(screen.getByText('nothing-permits')).toBeVisible();
    expect(screen.getByRole('button', { name: 'Line 1' })).toBeVisible();
    expect(screen.getByText('base')).toBeVisible();
  });

  it('say nothing of everybody where most get through', async () => {
    open('/gate/policies?set=evenings');
    await userEvent.click(await screen.findByRole('button', { name: 'Whose answers would change' }));
    expect(await screen.findByText('unknown-name')).toBeVisible();
    expect(screen.queryByText(/turn everybody away/)).not.toBeInTheDocument();
  });

  it('are tried on a past period', async () => {
    const { sent } = open('/gate/policies?set=evenings&from=2026-11-01&to=2026-11-07');
    await userEvent.click(await screen.findByRole('button', { name: 'Simulate' }));
    const panel = within(await screen.findByRole('region', { name: 'What it would have done' }));
    expect(await panel.findByText('2 of 40 requests would end otherwise.')).toBeVisible();
    expect(panel.getByText(/−?-?.*60\.00/)).toBeVisible();
    expect(sent[0]).toMatchObject({ from: '2026-11-01', to: '2026-11-07', sets: [{ name: 'evenings' }] });
  });

  it('get a name first, from an example', async () => {
    open('/gate/policies', { rows: [] });
    expect(await screen.findByText('Everything is permitted')).toBeVisible();
    await userEvent.click(screen.getByRole('button', { name: 'Write a new set' }));
    expect((await screen.findAllByText('Name the set first.'))[0]).toBeVisible();
    await userEvent.type(screen.getByRole('textbox', { name: /^Name of the set/ }), 'Late Hours');
    expect(screen.getAllByText(/^A name has lower-case/)[0]).toBeVisible();
    await userEvent.clear(screen.getByRole('textbox', { name: /^Name of the set/ }));
    await userEvent.type(screen.getByRole('textbox', { name: /^Name of the set/ }), 'late');
    await userEvent.click(screen.getByRole('button', { name: 'Start from an example' }));
    expect(screen.getByRole<HTMLTextAreaElement>('textbox', { name: 'Policies, in Cedar' }).value).toMatch(/permit .*forbid/s);
    await userEvent.click(screen.getByRole('button', { name: 'Check' }));
    expect(await screen.findByText('The policies can be adopted.')).toBeVisible();
  });

  it('are read and tried without the right to change them', async () => {
    open('/gate/policies?set=evenings', { rights: ['read-estate'] });
    expect(await screen.findByRole('button', { name: 'Retire evenings' })).toBeDisabled();
    await waitFor(() => expect(screen.getAllByText(/^Your roles read policies/)).toHaveLength(2));
    expect(screen.getByRole('button', { name: 'Check' })).toBeEnabled();
  });
});

describe('what the server says of a text', () => {
  it.each([
    [fault, { line: 2, message: '`principle` is no part of a policy', help: 'write `principal`' }],
    ['evenings:4: a name\n  help: look', { line: 4, message: 'a name', help: 'look' }],
    ['another:4: a name', { message: 'another:4: a name', help: undefined }],
    ['nobody may open anything\n  help: permit something', { message: 'nobody may open anything', help: 'permit something' }],
  ])('is read: %j', (said, expected) => {
    expect(read(said, 'evenings')).toEqual(expected);
  });
});
