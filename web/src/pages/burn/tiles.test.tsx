import { createMemoryHistory, createRootRoute, createRouter, RouterProvider } from '@tanstack/react-router';
import { screen, within } from '@testing-library/react';
import type { ReactNode } from 'react';
import { describe, expect, it } from 'vitest';
import type { Summary } from '../../api/types';
import { renderWithin } from '../../test-page';
import { QuarantinedNotice, UncoveredNotice } from './notice';
import { Tiles } from './tiles';

const amount = (tokens: number) => ({ tokens, money: null });

const summary: Summary = {
  as_of: '2026-11-22T10:00:00Z',
  seq: 1,
  contract: { id: '1', name: 'Flex', zone: 'Europe/Madrid', tariff: 'flex-daily', price: null },
  balance: { purchased: 120_000, left: 41_230, held: 120, available: 41_110, uncovered: 0 },
  burn: {
    today: { tokens: 412, money: { amount: '1236.00', currency: 'USD' } },
    yesterday: amount(0),
    month_to_date: amount(12.5),
    projected_month: { ...amount(17_230), low: 16_410, high: 18_120, method: 'by weekday' },
  },
  usage: null,
  open_sessions: 0,
  unclosed_sessions: 0,
  quarantined_sessions: 0,
  text: '',
};

/** A link has to know where it leads. */
function Routed({ children }: { children: ReactNode }) {
  const routeTree = createRootRoute({ component: () => children });
  const history = createMemoryHistory({ initialEntries: ['/'] });
  return <RouterProvider router={createRouter({ routeTree, history }) as never} />;
}

describe('the tiles', () => {
  it('show what the server returned, and money only where there is some', () => {
    renderWithin(<Tiles summary={summary} />);
    const tile = (name: string) => within(screen.getByRole('group', { name }));
    expect(tile('Tokens left').getByText('41,230')).toBeVisible();
    expect(tile('Tokens left').getByRole('meter')).toHaveAttribute('aria-valuenow', '41230');
    expect(tile('Burned today').getByText(/1,236\.00/)).toBeVisible();
    expect(tile('This month').queryByText(/\$/)).toBeNull();
    expect(tile('Projected to month end').getByText('16,410 – 18,120 likely')).toBeVisible();
  });

  it('warn when usage is not covered', () => {
    const balance = { ...summary.balance, uncovered: 1 };
    renderWithin(
      <>
        <UncoveredNotice uncovered={1} />
        <Tiles summary={{ ...summary, balance }} />
      </>,
    );
    expect(screen.getByRole('note')).toHaveTextContent('1 token is not covered');
    expect(screen.getByText('1 not covered')).toBeVisible();
  });

  it('say how tokens are entered while there are none', () => {
    const balance = { purchased: 0, left: 0, held: 0, available: 0, uncovered: 5 };
    renderWithin(
      <>
        <UncoveredNotice uncovered={5} />
        <Tiles summary={{ ...summary, balance }} />
      </>,
    );
    expect(screen.getByRole('note')).toHaveTextContent('take them in under Settings, Contract');
    expect(screen.getByText('none entered; “Packs” says how')).toBeVisible();
  });

  it('are joined by a notice of sessions that were not charged', async () => {
    renderWithin(<Routed>{<QuarantinedNotice sessions={1_200} />}</Routed>);
    const note = await screen.findByRole('note');
    expect(note).toHaveTextContent(/^1,200 sessions are kept but not charged.*no rate for it/);
    const link = within(note).getByRole('link', { name: 'See which products, and what helps' });
    expect(link).toHaveAttribute('href', '/sources#uncharged');
  });

  it('say nothing of coverage while all is covered and charged', () => {
    renderWithin(
      <>
        <UncoveredNotice uncovered={0} />
        <QuarantinedNotice sessions={0} />
      </>,
    );
    expect(screen.queryByRole('note')).toBeNull();
  });
});
