import { createMemoryHistory, createRouter, RouterProvider } from '@tanstack/react-router';
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { routeTree } from '../../router';
import { me, MEMBER, problem, renderWithin, serve } from '../../test-page';

const step = (name: string, done: boolean) => ({ step: name, done, count: done ? 3 : 0, text: `what ${name} is for` });
const first = {
  empty: true,
  may_fill: true,
  contract: 'Flex',
  zone: 'UTC',
  next: 'packs',
  steps: [step('prices', true), step('packs', false), step('people', false), step('something-new', false)],
};

/** What a browser would tell of an upload: how far it is, then the answer. */
class Upload {
  static answers: { status: number; body: object } = { status: 200, body: {} };
  static sent: { url: string; type: string | undefined }[] = [];
  readonly upload = new EventTarget();
  status = 0;
  responseText = '';
  private readonly told = new EventTarget();
  private url = '';
  private type: string | undefined;
  addEventListener = this.told.addEventListener.bind(this.told);
  open(_method: string, url: string) {
    this.url = url;
  }
  setRequestHeader(name: string, value: string) {
    if (name === 'Content-Type') this.type = value;
  }
  send() {
    Upload.sent.push({ url: this.url, type: this.type });
    this.upload.dispatchEvent(new ProgressEvent('progress', { loaded: 1, total: 1 }));
    this.status = Upload.answers.status;
    this.responseText = JSON.stringify(Upload.answers.body);
    queueMicrotask(() => this.told.dispatchEvent(new Event('load')));
  }
}

beforeEach(() => {
  Upload.sent = [];
  vi.stubGlobal('XMLHttpRequest', Upload);
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
    '/v1/first-run': () => Response.json(first),
    '/v1/sign-in/ways': () => Response.json({ password: true }),
    ...answers,
  });
  const router = createRouter({ routeTree, history: createMemoryHistory({ initialEntries: [address] }) });
  renderWithin(<RouterProvider router={router as never} />);
  return { fetched, router };
}

const log = new File(['a line'], 'adskflex.log');
const batch = { kind: 'flexnet', files: [], sessions: 2, duplicates: 1, quarantined: 0, first: '2026-11-05T08:42:45Z', last: '2026-11-05T17:00:00Z' };
const taken = { dry_run: false, imports: [batch], passed_over: [], rejected: [], rejected_lines: 0 };

describe('an empty ledger', () => {
  it('leads whoever may bring data to the first run', async () => {
    const { router } = open('/');
    await waitFor(() => expect(router.state.location.pathname).toBe('/welcome'));
    expect(await screen.findByText(/^Nothing is in the books yet/)).toBeVisible();
  });

  it('leaves everybody else where they are', async () => {
    const { router } = open('/', { '/v1/me': () => me('member', MEMBER) });
    expect(await screen.findByRole('heading', { name: 'Overview', level: 1 })).toBeVisible();
    expect(router.state.location.pathname).toBe('/');
    open('/welcome', { '/v1/me': () => me('member', MEMBER) });
    expect(await screen.findByRole('heading', { name: 'Nothing is in the books yet' })).toBeVisible();
  });
});

describe('the first run', () => {
  it('brings a log, and says what is in the books and where to see it', async () => {
    Upload.answers = { status: 200, body: taken };
    open('/welcome');
    const field = await screen.findByLabelText('Choose a file', { selector: 'input' });
    await userEvent.clear(screen.getByLabelText('Zone of the clock that wrote it'));
    await userEvent.type(screen.getByLabelText('Zone of the clock that wrote it'), 'Europe/Madrid');
    await userEvent.upload(field, log);
    expect(await screen.findByText('That is in the books')).toBeVisible();
    expect(Upload.sent).toEqual([
      { url: '/v1/imports/log?name=adskflex.log&zone=Europe%2FMadrid', type: 'application/octet-stream' },
    ]);
    expect(screen.getByText('FlexNet log')).toBeVisible();
    const days = screen.getByRole('link', { name: /^See the burn from/ });
    expect(days).toHaveAttribute('href', '/burn?from=2026-11-05&to=2026-11-05');
    expect(screen.getByRole('link', { name: 'See the overview' })).toHaveAttribute('href', '/');
  });

  it('says why a file was not taken in', async () => {
    Upload.answers = { status: 422, body: { title: 'Unprocessable', detail: 'nobody knows what this is' } };
    open('/welcome');
    await userEvent.upload(await screen.findByLabelText('Choose a file', { selector: 'input' }), log);
    expect(await screen.findByText('nobody knows what this is')).toBeVisible();
  });

  it('fills the ledger with made-up data, if it may', async () => {
    const { fetched } = open('/welcome', {
      '/v1/first-run/demo': () => Response.json({ people: 40, seats: 9, sessions: 1200 }),
    });
    await userEvent.selectOptions(await screen.findByLabelText('How large'), 'large');
    await userEvent.click(screen.getByRole('button', { name: 'Fill it with demo data' }));
    expect(await screen.findByText('40 people with 9 seats and 1,200 sessions were made up.')).toBeVisible();
    const sent = fetched.mock.calls.find(([url]) => url === '/v1/first-run/demo');
    expect(sent?.[1]?.body).toBe('{"small":false}');
  });

  it('offers no made-up data beside real', async () => {
    open('/welcome', { '/v1/first-run': () => Response.json({ ...first, empty: false, may_fill: false }) });
    expect(await screen.findByText(/^More data can be brought/)).toBeVisible();
    expect(screen.queryByRole('button', { name: 'Fill it with demo data' })).not.toBeInTheDocument();
  });

  it('lists what is missing first, each with its way, and what it does not know in the server’s words', async () => {
    open('/welcome');
    const steps = within(await screen.findByRole('region', { name: 'What comes next' }));
    const rows = steps.getAllByRole('listitem').map((row) => row.textContent);
    expect(rows[0]).toMatch(/^OpenWhat you bought/);
    expect(steps.getByText('what something-new is for')).toBeVisible();
    expect(steps.getByRole('link', { name: 'Take in a pack' })).toHaveAttribute('href', '/settings/contract');
    await waitFor(() => expect(steps.getAllByRole('listitem').at(-1)).toHaveTextContent(/^Done/));
  });

  it('tries a file of the estate before it is taken in', async () => {
    const orders: string[] = [];
    open('/welcome', {
      '/v1/estate': (init) => {
        orders.push(String(new Headers(init?.headers).get('Idempotency-Key')));
        const dry_run = orders.length === 1;
        return Response.json({ dry_run, summary: '2 people added', changes: [{}], notes: [] });
      },
    });
    const file = new File(['key\nanna\n'], 'people.csv');
    await userEvent.upload(await screen.findByLabelText('Choose a file of the estate', { selector: 'input' }), file);
    expect(await screen.findByText('That would change')).toBeVisible();
    await userEvent.click(screen.getByRole('button', { name: 'Take it in' }));
    expect(await screen.findByText('That is in the books')).toBeVisible();
    expect(orders[0]).toBe('null');
    expect(orders[1]).toMatch(/^[0-9a-f]{32}$/);
  });
});

describe('a page without data', () => {
  it('says that nothing can be said yet, and leads to the first data', async () => {
    open('/plan/sizing', {
      '/v1/sizing': () => problem(409, { code: 'not-ready', detail: 'no use is known in the last 728 days' }),
    });
    expect(await screen.findByRole('heading', { name: 'Nothing can be said yet' })).toBeVisible();
    expect(screen.getByRole('link', { name: 'Bring the first data' })).toHaveAttribute('href', '/welcome');
  });
});
