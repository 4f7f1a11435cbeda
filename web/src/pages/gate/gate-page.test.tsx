import { createMemoryHistory, createRouter, RouterProvider } from '@tanstack/react-router';
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Decision } from '../../api/types';
import { routeTree } from '../../router';
import { me, problem, renderWithin, serve } from '../../test-page';

const session = {
  id: 's153',
  person: 'ada',
  person_name: 'Ada Byron',
  product: 'revit',
  product_name: 'Revit',
  host: 'WS-1',
  opened_at: '2026-11-22T10:00:00Z',
  last_seen: '2026-11-22T10:05:00Z',
  route: 'tokens',
  bucket: 'north',
  bucket_name: 'North',
  tokens: 10,
  unclosed: false,
};
const refused: Decision = {
  decision: 175,
  at: '2026-11-22T10:00:00Z',
  decided: 'bucket-exhausted',
  recomputed: 'bucket-exhausted',
  holds: true,
  facts: [{ name: 'bucket', found: 'north has 3 of 10' }],
};
const refusals = [
  { code: 'bucket-exhausted', detail: 'too few tokens are left', say: null, transient: true, remedies: ['ask for more'] },
  { code: 'no-lease', detail: 'the lease has ended', say: null, transient: false, remedies: [] },
];

beforeEach(() => {
  vi.stubGlobal(
    'EventSource',
    class extends EventTarget {
      close() {}
    },
  );
  vi.stubGlobal('scrollTo', () => {});
});

function open(address: string, answers: Parameters<typeof serve>[0] = {}) {
  serve({
    '/v1/me': () => me(),
    '/v1/sessions': () => Response.json({ rows: [session], next: null, total: 1, open_now: 1, unclosed: 0 }),
    '/v1/refusals': () => Response.json({ rows: refusals }),
    '/v1/decisions/175': () => Response.json(refused),
    '/v1/decisions/s153': () => Response.json({ ...refused, decision: 153, decided: 'opened', recomputed: 'opened' }),
    ...answers,
  });
  const router = createRouter({ routeTree, history: createMemoryHistory({ initialEntries: [address] }) });
  renderWithin(<RouterProvider router={router as never} />);
  return router;
}

describe('the gate', () => {
  it('explains a refusal, with what helps', async () => {
    open('/gate?decision=175');
    const panel = within(await screen.findByRole('region', { name: 'Why was that decided?' }));
    expect(await panel.findByText('too few tokens are left')).toBeVisible();
    expect(panel.getByText('ask for more')).toBeVisible();
    expect(panel.getByRole('row', { name: 'Bucket north has 3 of 10' })).toBeVisible();
    expect(panel.getByText('Recomputed from the journal today, it is the same.')).toBeVisible();
  });

  it('says when it would decide otherwise today', async () => {
    open('/gate?decision=175', {
      '/v1/decisions/175': () => Response.json({ ...refused, holds: false, recomputed: 'opened' }),
    });
    expect(await screen.findByText(/it would be: Let through/)).toBeVisible();
  });

  it('explains who is through it, and the address says whom', async () => {
    const router = open('/gate');
    await userEvent.click(await screen.findByRole('button', { name: 'Explain Revit of Ada Byron' }));
    await waitFor(() => expect(router.state.location.search).toEqual({ decision: 's153' }));
    expect(await screen.findByText(/^Decision 153/)).toBeVisible();
    expect(screen.getByRole('textbox', { name: /Decision or session/ })).toHaveValue('s153');
  });

  it('says what is no number, and what is no decision', async () => {
    open('/gate', { '/v1/decisions/9': () => problem(404, { title: 'Not Found', detail: 'entry 9 is no decision' }) });
    const field = await screen.findByRole('textbox', { name: /Decision or session/ });
    await userEvent.type(field, 'abc');
    expect(screen.getByText('That is no number of a decision.')).toBeVisible();
    await userEvent.clear(field);
    await userEvent.type(field, '9{Enter}');
    expect(await screen.findByText('entry 9 is no decision')).toBeVisible();
  });

  it('searches what may be answered', async () => {
    const router = open('/gate/refusals?q=lease');
    const panel = within(await screen.findByRole('region', { name: 'What the gate may answer' }));
    expect(await panel.findByRole('row', { name: /no-lease/ })).toHaveTextContent('Not by itself');
    expect(panel.queryByText('bucket-exhausted')).not.toBeInTheDocument();
    await userEvent.clear(panel.getByRole('searchbox'));
    await waitFor(() => expect(router.state.location.search).toEqual({}));
    expect(await panel.findByText('bucket-exhausted')).toBeVisible();
  });
});
