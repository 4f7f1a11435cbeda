import { createMemoryHistory, createRouter, RouterProvider } from '@tanstack/react-router';
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Delivery, ReportKnown, ReportSchedules } from '../../api/types';
import { routeTree } from '../../router';
import { me, problem, renderWithin, serve } from '../../test-page';

const burn: ReportKnown = {
  name: 'burn',
  title: 'Burn',
  about: 'what was spent',
  formats: ['xlsx', 'pdf', 'csv'],
  of_period: true,
  of_bucket: true,
  needs_bucket: false,
};
const calendar: ReportKnown = { ...burn, name: 'calendar', formats: ['ics'], of_period: false, of_bucket: false };
const novel: ReportKnown = { ...calendar, name: 'novel', title: 'A new one', about: 'of another version' };

const monday: ReportSchedules['rows'][number] = {
  key: 'monday-burn',
  report: 'burn',
  format: 'pdf',
  every: 'weekly',
  at: '07:00',
  zone: 'Europe/Madrid',
  channel: 'mail',
  to: ['ana@acme.example'],
  by: 'ana',
  role: 'administrator',
  bucket: null,
  currency: null,
};
const failed: Delivery = {
  id: 'x',
  channel: 'mail',
  state: 'given-up',
  kind: 'report',
  severity: 'info',
  title: 'Burn',
  about: 'report-monday-burn',
  at: '2026-11-16T07:00:00Z',
  touched: '2026-11-16T07:01:00Z',
  tries: 3,
  held: false,
  due: null,
  why: 'the mailbox is full',
};

beforeEach(() => {
  vi.stubGlobal(
    'EventSource',
    class extends EventTarget {
      close() {}
    },
  );
  vi.stubGlobal('scrollTo', () => {});
  vi.stubGlobal('URL', Object.assign(URL, { createObjectURL: () => 'blob:x', revokeObjectURL: () => {} }));
});

function open(address: string, answers: Parameters<typeof serve>[0] = {}, reports = [burn, calendar, novel]) {
  const fetched = serve({
    '/v1/me': () => me(),
    '/v1/report-schedules': () => Response.json({ rows: [], channels: [] }),
    '/v1/summary': () => Response.json({ as_of: '2026-11-22T10:00:00Z', seq: 1, contract: { name: 'B', zone: 'UTC' } }),
    '/v1/buckets': () => Response.json({ rows: [{ key: 'north', name: 'North' }], next: null }),
    '/v1/reports': () => Response.json({ rows: reports }),
    ...answers,
  });
  const router = createRouter({ routeTree, history: createMemoryHistory({ initialEntries: [address] }) });
  renderWithin(<RouterProvider router={router as never} />);
  return {
    router,
    urls: () => fetched.mock.calls.map(([url]) => url),
    calls: () => fetched.mock.calls.map(([url, init]) => [init?.method, url, init?.body] as const),
  };
}

const file = () =>
  new Response('x', { headers: { 'Content-Disposition': 'attachment; filename="burn-2026-10.pdf"' } });

describe('the reports', () => {
  it('say what each is for, the unknown ones in the words of the server', async () => {
    open('/reports');
    expect(await screen.findByRole('link', { name: /^Burn ?What was spent, beside the plan.* XLSX, PDF, CSV$/ })).toBeVisible();
    expect(screen.getByRole('link', { name: /^A new one ?of another version/ })).toBeVisible();
  });

  it('are made of what is chosen, and the address keeps it', async () => {
    const clicked = vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(() => {});
    const { router, urls } = open('/reports', { '/v1/reports/burn': file });
    await userEvent.click(await screen.findByRole('link', { name: /^Burn ?What was spent/ }));
    const form = within(await screen.findByRole('form', { name: 'Make: Burn' }));
    await waitFor(() => expect(form.getByRole('option', { name: 'North' })).toBeInTheDocument());
    await userEvent.selectOptions(await form.findByRole('combobox', { name: 'Period' }), 'Last month');
    await userEvent.selectOptions(form.getByRole('combobox', { name: 'Format' }), 'Document (PDF)');
    await userEvent.selectOptions(form.getByRole('combobox', { name: 'Bucket' }), 'North');
    await userEvent.type(form.getByRole('textbox', { name: 'Currency' }), 'eu');
    expect(form.getByRole('button', { name: 'Download' })).toBeDisabled();
    expect(form.getByText('A currency has three letters, such as EUR.')).toBeVisible();
    await userEvent.type(form.getByRole('textbox', { name: 'Currency' }), 'r');
    const made = { format: 'pdf', from: '2026-10-01', to: '2026-10-31', bucket: 'north', currency: 'EUR' };
    expect(router.state.location.search).toEqual({ report: 'burn', ...made });
    const path = '/v1/reports/burn?format=pdf&from=2026-10-01&to=2026-10-31&currency=EUR&bucket=north';
    expect(form.getByRole('link', { name: 'Link to this file' })).toHaveAttribute('href', expect.stringContaining(path));
    await userEvent.click(form.getByRole('button', { name: 'Download' }));
    expect(await form.findByText('burn-2026-10.pdf is in your downloads.')).toBeVisible();
    expect(urls()).toContain(path);
    expect(clicked).toHaveBeenCalledOnce();
  });

  it('say why they could not be made', async () => {
    open('/reports?report=burn&from=2026-10-09&to=2026-10-01', {
      '/v1/reports/burn': () => problem(422, { title: 'No sum', detail: 'a rate is missing' }),
    });
    expect(await screen.findByText('The last day is before the first.')).toBeVisible();
    await userEvent.selectOptions(screen.getByRole('combobox', { name: 'Period' }), 'This month');
    await userEvent.click(await screen.findByRole('button', { name: 'Download' }));
    expect(await screen.findByText('a rate is missing')).toBeVisible();
  });

  it('of now have no period', async () => {
    open('/reports?report=calendar&from=2026-10-01');
    const link = await screen.findByRole('link', { name: 'Link to this file' });
    expect(link).toHaveAttribute('href', expect.stringMatching(/calendar\?format=ics$/));
    expect(screen.queryByRole('combobox', { name: 'Period' })).not.toBeInTheDocument();
  });

  it('of owners need a bucket', async () => {
    open('/reports?report=burn', {}, [{ ...burn, needs_bucket: true }]);
    expect(await screen.findByText(/^Choose a bucket/)).toBeVisible();
    expect(screen.getByRole('button', { name: 'Download' })).toBeDisabled();
  });
});

describe('what is sent by mail', () => {
  it('takes a channel, and says where those are', async () => {
    open('/reports');
    const panel = within(await screen.findByRole('region', { name: 'Sent by mail' }));
    expect(await panel.findByText(/^Reports go on a channel of the kind/)).toBeVisible();
    expect(panel.getByRole('link', { name: 'What channels there are' })).toHaveAttribute('href', '/alerts/channels');
  });

  it('is listed with how the last one fared, is sent now, and removed', async () => {
    const { calls } = open('/reports', {
      '/v1/report-schedules': () => Response.json({ rows: [monday], channels: ['mail'] }),
      '/v1/deliveries': () => Response.json({ deliveries: [failed] }),
      '/v1/report-schedules/monday-burn/send': () => Response.json({ delivery: 'd1' }),
      '/v1/report-schedules/monday-burn': () => new Response(null, { status: 204 }),
    });
    const row = within(await screen.findByRole('row', { name: /^monday-burn Burn · PDF · as ana sees it/ }));
    expect(row.getByText('Mondays, of the week before, 07:00 (Europe/Madrid)')).toBeVisible();
    expect(await row.findByText('the mailbox is full')).toBeVisible();
    await userEvent.click(row.getByRole('button', { name: 'Send monday-burn now' }));
    expect(await screen.findByText(/^monday-burn is on its way/)).toBeVisible();
    await userEvent.click(row.getByRole('button', { name: 'Remove monday-burn' }));
    await waitFor(() => expect(calls().some(([method]) => method === 'DELETE')).toBe(true));
  });

  it('is asked for with recipients and a name', async () => {
    const { calls } = open('/reports', {
      '/v1/report-schedules': (init) =>
        init?.method === 'POST' ? new Response(null, { status: 201 }) : Response.json({ rows: [monday], channels: ['mail'] }),
    });
    const form = within(await screen.findByRole('form', { name: 'Have a report sent' }));
    const add = form.getByRole('button', { name: 'Have it sent' });
    expect(add).toBeDisabled();
    expect(form.getByText('Write to whom it goes.')).toBeVisible();
    await userEvent.selectOptions(form.getByRole('combobox', { name: 'How often' }), 'Daily, of the day before');
    await userEvent.type(form.getByRole('textbox', { name: /^Recipients/ }), 'ana@acme.example, bo@acme.example');
    await userEvent.type(form.getByRole('textbox', { name: /^Name/ }), 'monday-burn');
    expect(form.getByText('Another one has this name.')).toBeVisible();
    await userEvent.type(form.getByRole('textbox', { name: /^Name/ }), '-2');
    await userEvent.click(add);
    await waitFor(() => expect(form.getByRole('textbox', { name: /^Recipients/ })).toHaveValue(''));
    const sent = calls().find(([method]) => method === 'POST');
    expect(JSON.parse(String(sent?.[2]))).toEqual({
      key: 'monday-burn-2',
      report: 'burn',
      every: 'daily',
      at: '07:00',
      to: ['ana@acme.example', 'bo@acme.example'],
    });
  });
});
