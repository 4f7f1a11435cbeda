import { createMemoryHistory, createRouter, RouterProvider } from '@tanstack/react-router';
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Alert, AlertRule, AlertRules, Alerts, Channels, Deliveries } from '../../api/types';
import { routeTree } from '../../router';
import { me, problem, renderWithin, serve } from '../../test-page';

const alert: Alert = {
  id: 'a42',
  rule: 'bucket-20',
  name: 'A bucket has 20 % left',
  severity: 'warning',
  subject: 'bucket:bridge-west',
  subject_name: 'Bridge West',
  said: 'Bridge West has 35 of 186 tokens left (19 %)',
  value: 0.188,
  limit: 0.2,
  at: '2026-11-23T05:10:39Z',
  ended: null,
  acknowledged: false,
  channels: ['mail'],
  facts: [{ label: 'Tokens left', value: '35' }],
  steps: [
    { text: 'See who burns most.', do: 'review-people', done: false },
    { text: 'Ask its owner.', do: 'manual', done: true },
    { text: 'Give it 50.', do: 'top-up-bucket', done: false },
  ],
  handled: [
    { at: '2026-11-23T05:12:00Z', what: 'step-done', step: 2, said: 'called Ana', channels: [] },
    { at: '2026-11-23T05:20:00Z', what: 'escalated', step: null, said: 'nobody had taken it on', channels: ['pager'] },
  ],
};
const ended: Alert = { ...alert, id: 'a7', said: 'It was late', ended: '2026-11-23T05:30:00Z', acknowledged: true };
const alerts: Alerts = { rows: [alert], open: [2, 1, 0], next: null };
const rule: AlertRule = {
  key: 'bucket-20',
  name: 'A bucket has 20 % left',
  owner: '',
  severity: 'critical',
  watches: 'less than 20 % of the tokens left, of each bucket',
  channels: [],
  muted_until: null,
  open: 3,
  text: '',
  error: null,
};
const rules: AlertRules = { rows: [rule], standard: '[[rule]]\nkey = "standard"\n' };
const channels: Channels = {
  channels: [
    {
      name: 'desk',
      kind: 'webhook',
      leads_to: 'hooks.acme.example',
      state: 'failing',
      why: 'it answered 500',
      quiet_now: true,
      waiting: 2,
      given_up: 0,
      last_sent: null,
      last_failure: '2026-11-23T05:00:00Z',
    },
  ],
};
const deliveries: Deliveries = {
  deliveries: [
    {
      id: 'd1',
      channel: 'desk',
      state: 'given-up',
      kind: 'raised',
      severity: 'warning',
      title: 'Bridge West is low',
      about: 'a42',
      at: '2026-11-23T05:10:39Z',
      tries: 3,
      touched: '2026-11-23T05:11:39Z',
      due: null,
      held: false,
      why: 'it answered 500',
    },
  ],
};
const done = { said: ['alert a42 is taken on by administrator'], warnings: [], dry_run: false, repeated: false, id: '9' };

type Answers = Record<string, (init: RequestInit | undefined) => Response>;

const answers: Answers = {
  '/v1/me': () => me(),
  '/v1/alerts': () => Response.json(alerts),
  '/v1/alerts/a42': () => Response.json(alert),
  '/v1/alerts/a7': () => Response.json(ended),
  '/v1/alert-rules': () => Response.json(rules),
  '/v1/channels': () => Response.json(channels),
  '/v1/deliveries': () => Response.json(deliveries),
  '/v1/orders': () => Response.json(done),
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

function open(path: string, changed: Answers = {}) {
  const fetched = serve({ ...answers, ...changed });
  const router = createRouter({ routeTree, history: createMemoryHistory({ initialEntries: [path] }) });
  // Another history makes another router type; the routes are the same.
  renderWithin(<RouterProvider router={router as never} />);
  const sent = (to: string) => fetched.mock.calls.filter(([url, init]) => url === to && init?.method === 'POST');
  const orders = () => sent('/v1/orders').map(([, init]) => JSON.parse(String(init?.body)) as unknown);
  const keys = () => sent('/v1/orders').map(([, init]) => new Headers(init?.headers).get('Idempotency-Key'));
  return { fetched, router, orders, keys };
}

const panel = async (name: string) => within(await screen.findByRole('region', { name }));
const button = (name: string) => screen.findByRole('button', { name });

describe('the alerts', () => {
  it('are listed by shape and word, counted in the header, and open beside the list', async () => {
    const { router } = open('/alerts');
    const list = await panel('What was raised');
    const row = await list.findByRole('link', { name: /Bridge West/ });
    expect(row).toHaveTextContent(/^WarningNot taken on.*35 of 186 tokens left.*since/);
    expect(row.querySelector('svg')).not.toBeNull();
    expect(screen.getByRole('link', { name: 'Alerts 3 open' })).toBeVisible();
    await userEvent.click(row);
    expect(router.state.location.pathname).toBe('/alerts/a42');
    const opened = await panel(alert.name);
    expect(await opened.findByText(alert.said)).toBeVisible();
    expect(opened.getByText('Tokens left')).toBeVisible();
  });

  it('keep in the address whether those that are over are shown', async () => {
    const { router, fetched } = open('/alerts');
    await userEvent.click(await button('All'));
    expect(router.state.location.search).toEqual({ state: 'all' });
    await waitFor(() => expect(fetched.mock.calls.some(([url]) => url.includes('state=all'))).toBe(true));
  });

  it('say that none is open', async () => {
    open('/alerts', { '/v1/alerts': () => Response.json({ ...alerts, rows: [], open: [0, 0, 0] }) });
    expect(await screen.findByText('No alert is open')).toBeVisible();
    expect(screen.queryByText(/^\d+ open$/)).toBeNull();
  });
});

describe('an alert', () => {
  it('is taken on with the note, under a key', async () => {
    const { orders, keys } = open('/alerts/a42');
    await userEvent.type(await screen.findByLabelText('Note'), 'mine');
    await userEvent.click(await button('Take on'));
    expect(await screen.findByText(/is taken on by administrator/)).toBeVisible();
    expect(orders()).toEqual([{ order: 'acknowledge-alert', alert: 'a42', note: 'mine' }]);
    expect(keys()[0]).toMatch(/^[0-9a-f]{32}$/);
    expect(screen.getByLabelText('Note')).toHaveValue('');
  });

  it('has a button for each step, which says what it does and why it cannot', async () => {
    const { orders } = open('/alerts/a42');
    await userEvent.click(await button('Step 1: Review people'));
    await waitFor(() => expect(orders()).toEqual([{ order: 'do-alert-step', alert: 'a42', step: 1, note: '' }]));
    expect(await button('Step 2: Done')).toBeDisabled();
    expect(screen.getByText('This step was done.')).toBeVisible();
    expect(await button('Step 3: Top up the bucket')).toHaveTextContent('Top up the bucket');
  });

  it('is ordered once although the answer was lost, and anew after it came', async () => {
    let lost = true;
    const { keys } = open('/alerts/a42', {
      '/v1/orders': () => {
        if (!lost) return Response.json(done);
        lost = false;
        throw new TypeError('the network is gone');
      },
    });
    const step = await button('Step 3: Top up the bucket');
    await userEvent.click(step);
    expect(await screen.findByText('Faregate cannot be reached')).toBeVisible();
    await userEvent.click(step);
    await screen.findByText(/is taken on by administrator/);
    await userEvent.click(step);
    await waitFor(() => expect(keys()).toHaveLength(3));
    const [first, second, third] = keys();
    expect(second).toBe(first);
    expect(third).not.toBe(first);
  });

  it('tells what was done and whom it told', async () => {
    open('/alerts/a42');
    const history = within((await screen.findByText('What was done')).parentElement as HTMLElement);
    const entries = history.getAllByRole('listitem').map((entry) => entry.textContent);
    expect(entries).toEqual([
      expect.stringMatching(/RaisedTold: mail$/),
      expect.stringMatching(/Step 2 donecalled Ana$/),
      expect.stringMatching(/Told othersnobody had taken it onTold: pager$/),
    ]);
  });

  it('that is over can only be read', async () => {
    open('/alerts/a7');
    expect(await button('Take on')).toBeDisabled();
    expect(await button('Step 1: Review people')).toBeDisabled();
    expect(screen.getAllByText(/so nothing is left to do/).length).toBeGreaterThan(0);
    expect(screen.queryByLabelText('Note')).toBeNull();
  });

  it('that is not there says so', async () => {
    open('/alerts/a99', {
      '/v1/alerts/a99': () => problem(404, { title: 'Not Found', detail: 'there is no alert `a99`' }),
    });
    expect(await screen.findByText(/there is no alert/)).toBeVisible();
  });
});

describe('the rules', () => {
  it('are muted for a while, unmuted and removed after a question', async () => {
    vi.setSystemTime(new Date('2026-11-23T06:00:00Z'));
    const { orders } = open('/alerts/rules');
    await userEvent.click(await button(`Mute ${rule.name}`));
    await userEvent.click(await screen.findByRole('menuitem', { name: 'Four hours' }));
    await userEvent.click(await button(`Remove ${rule.name}`));
    expect(orders()).toHaveLength(1);
    await userEvent.click(await button('Remove the rule'));
    await waitFor(() =>
      expect(orders()).toEqual([
        { order: 'mute-alert-rule', key: 'bucket-20', until: '2026-11-23T10:00:00.000Z' },
        { order: 'remove-alert-rule', key: 'bucket-20' },
      ]),
    );
    vi.useRealTimers();
  });

  it('that are muted can be unmuted', async () => {
    const muted = { ...rule, muted_until: '2026-11-24T05:00:00Z' };
    const { orders } = open('/alerts/rules', { '/v1/alert-rules': () => Response.json({ ...rules, rows: [muted] }) });
    await userEvent.click(await button(`Unmute ${rule.name}`));
    await waitFor(() => expect(orders()).toEqual([{ order: 'mute-alert-rule', key: 'bucket-20', until: null }]));
  });

  it('begin with the standard ones, are tried on the last year, and then watched', async () => {
    const tried = { key: 'a', name: 'Busy day', watches: 'more', count: 1, said: 'it would have fired once' };
    const firings = [
      { subject: 'contract', subject_name: 'the contract', at: '2026-03-02T09:00:00Z', until: null, value: 1, limit: 1 },
    ];
    let set = false;
    const { orders, fetched } = open('/alerts/rules', {
      '/v1/alert-rules': () => Response.json({ ...rules, rows: set ? [rule] : [] }),
      '/v1/orders': () => {
        set = true;
        return Response.json({ ...done, said: ['rule `a` is watched'], warnings: ['it names no channel'] });
      },
      '/v1/alert-rules/trial': () => Response.json({ rows: [{ ...tried, firings }] }),
    });
    expect(await screen.findByLabelText('Rules in TOML')).toHaveValue(rules.standard);
    await userEvent.click(await button('Try on the last year'));
    expect(await screen.findByText('it would have fired once')).toBeVisible();
    expect(screen.getByText('1 date')).toBeVisible();
    expect(screen.getByText('still on')).toBeInTheDocument();
    const trial = fetched.mock.calls.find(([url]) => url === '/v1/alert-rules/trial');
    expect(trial?.[1]?.body).toBe(JSON.stringify({ text: rules.standard }));
    await userEvent.click(await button('Watch'));
    await waitFor(() => expect(orders()).toEqual([{ order: 'set-alert-rules', text: rules.standard, anyway: false }]));
    // What came of it stays in sight, although there are rules now.
    expect(await button(`Remove ${rule.name}`)).toBeVisible();
    expect(screen.getByText('it names no channel')).toBeVisible();
  });

  it('that would strike everybody are set only when somebody insists', async () => {
    const refusal = { title: 'Conflict', detail: 'it would fire for 12 of 12', code: 'fires-for-everyone', help: 'Narrow it.' };
    const { orders } = open('/alerts/rules', { '/v1/orders': () => problem(409, refusal) });
    await userEvent.click(await button('Add rules'));
    expect(await button('Watch')).toBeDisabled();
    await userEvent.type(screen.getByLabelText('Rules in TOML'), 'x');
    await userEvent.click(await button('Watch'));
    expect(await screen.findByText('Narrow it.')).toBeVisible();
    await userEvent.click(await button('Set anyway'));
    await waitFor(() => expect(orders()[1]).toEqual({ order: 'set-alert-rules', text: 'x', anyway: true }));
  });

  it('and channels are withheld from members in a plain sentence', async () => {
    const forbidden = () => problem(403, { title: 'Forbidden', code: 'not-allowed' });
    open('/alerts/rules', { '/v1/alert-rules': forbidden, '/v1/channels': forbidden });
    expect(await screen.findByText(/^Rules are for those who run the contract/)).toBeVisible();
    await userEvent.click(screen.getByRole('link', { name: 'Channels' }));
    expect(await screen.findByText(/^Channels are for those who run the contract/)).toBeVisible();
    expect(screen.queryByText('Forbidden')).toBeNull();
  });
});

describe('the channels', () => {
  it('say how they stand, are tested, and list what was sent', async () => {
    open('/alerts/channels', {
      '/v1/channels/desk/test': () =>
        Response.json({ channel: 'desk', sent: false, why: 'it answered 500', help: 'Look at its log.' }),
    });
    const list = await panel('Channels');
    const row = (await list.findByRole('rowheader', { name: /^desk/ })).closest('tr');
    expect(row).toHaveTextContent(/^deskWebhookFailingquiet hours nowhooks\.acme\.exampleit answered 50020Test/);
    await userEvent.click(await button('Test desk'));
    expect(await list.findByText('Not taken: it answered 500')).toBeVisible();
    expect(list.getByText('Look at its log.')).toBeVisible();
    const sent = await panel('Latest deliveries');
    expect(await sent.findByRole('cell', { name: 'Given up' })).toBeVisible();
  });
});
