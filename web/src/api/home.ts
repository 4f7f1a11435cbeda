/** What the overview asks beside the other pages' questions. */
import { queryOptions } from '@tanstack/react-query';
import { get } from './client';
import { LIVE_KEY } from './queries';

const LINES_LIMIT = 1_000;
const EVENTS_MAX = 8;

/** What happened to the contract's tokens lately, the latest first; use is told elsewhere. */
export const tokenEventsQuery = queryOptions({
  queryKey: [...LIVE_KEY, 'token-events'],
  queryFn: async ({ signal }) => {
    const { lines } = await get('/v1/statement', { limit: LINES_LIMIT }, signal);
    return lines.filter(({ cause }) => cause !== 'consumed').slice(-EVENTS_MAX).reverse();
  },
});
