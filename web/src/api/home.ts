/** What the overview asks beside the other pages' questions. */
import { queryOptions } from '@tanstack/react-query';
import { get } from './client';

/** Each answer is read from the whole journal: often enough for what somebody ordered, and no more. */
const EVERY_MS = 60_000;
const LINES_LIMIT = 1_000;
const EVENTS_MAX = 8;

/** What happened to the contract's tokens lately, the latest first; use is told elsewhere. */
export const tokenEventsQuery = queryOptions({
  queryKey: ['token-events'],
  refetchInterval: EVERY_MS,
  queryFn: async ({ signal }) => {
    const { lines } = await get('/v1/statement', { lines: 'moves', limit: LINES_LIMIT }, signal);
    return lines.slice(-EVENTS_MAX).reverse();
  },
});
