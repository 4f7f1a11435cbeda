/** What somebody holds: their seats, and what they have open. */
import type { Seat, Session } from '../api/types';
import { tokens } from '../format';
import { words } from '../messages';
import { PlainTable } from './plain-table';
import { useMoments } from './use-moments';

export function SeatsOf({ label, seats }: { label: string; seats: Seat[] }) {
  const when = useMoments();
  const columns = words.seats.columns;
  return (
    <PlainTable
      label={label}
      rows={seats}
      rowKey={({ seat }) => seat}
      columns={[
        { head: columns.offering, cell: ({ offering_name }) => offering_name },
        { head: columns.seat, cell: ({ seat }) => seat },
        { head: columns.until, cell: ({ until }) => when(until) },
        { head: columns.lastUsed, cell: ({ last_used }) => (last_used ? when(last_used) : words.seats.neverUsed) },
        { head: columns.inUseOn, cell: ({ in_use_on }) => in_use_on.join(', ') || words.table.none },
      ]}
    />
  );
}

export function SessionsOf({ label, sessions }: { label: string; sessions: Session[] }) {
  const when = useMoments();
  const columns = words.burn.sessions.columns;
  return (
    <PlainTable
      label={label}
      rows={sessions}
      rowKey={({ id }) => id}
      columns={[
        { head: columns.product, cell: ({ product_name }) => product_name },
        { head: columns.host, cell: ({ host }) => host },
        { head: columns.opened, cell: ({ opened_at }) => when(opened_at) },
        { head: columns.tokens, cell: ({ tokens: cost }) => tokens(cost), kind: 'number' },
      ]}
    />
  );
}
