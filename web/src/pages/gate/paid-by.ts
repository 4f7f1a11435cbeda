import { words } from '../../messages';

/** What paid for somebody who was let through. */
export function paidBy(route: string, bucket: string | null | undefined): string {
  const paid = words.burn.sessions;
  if (route === 'seat' || route === 'free-seat') return paid.seat;
  if (route === 'tokens') return bucket ? paid.tokensOf(bucket) : paid.pool;
  return paid.log;
}
