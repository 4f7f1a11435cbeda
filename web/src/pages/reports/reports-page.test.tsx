import { createMemoryHistory, createRouter, RouterProvider } from '@tanstack/react-router';
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { ReportKnown } from '../../api/types';
import { routeTree } from '../../router';
import { problem, renderWithin, serve } from '../../test-page';

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
    '/v1/me': () => Response.json({ name: 'a', roles: ['administrator'], rights: [] }),
    '/v1/summary': () => Response.json({ as_of: '2026-11-22T10:00:00Z', seq: 1, contract: { name: 'B', zone: 'UTC' } }),
    '/v1/buckets': () => Response.json({ rows: [{ key: 'north', name: 'North' }], next: null }),
    '/v1/reports': () => Response.json({ rows: reports }),
    ...answers,
  });
  const router = createRouter({ routeTree, history: createMemoryHistory({ initialEntries: [address] }) });
  renderWithin(<RouterProvider router={router as never} />);
  return { router, urls: () => fetched.mock.calls.map(([url]) => url) };
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
