/** What people ask about themselves. */
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import { get, postFor } from './client';
import { paged } from './people';
import { LIVE_KEY, type Span } from './queries';

/** How many products one can choose from; few tariffs have more. */
const PRODUCTS_LIMIT = 1_000;
const REFUSALS_LIMIT = 10;
const REQUESTS_LIMIT = 1_000;

export type OwnBy = 'product' | 'day';

export const ownBurnQuery = (by: OwnBy, span: Span) =>
  queryOptions({
    queryKey: [...LIVE_KEY, 'own-burn', by, span],
    queryFn: ({ signal }) => get('/v1/me/burn', { by, ...span }, signal),
    placeholderData: keepPreviousData,
  });

export const ownCapsQuery = queryOptions({
  queryKey: [...LIVE_KEY, 'own-caps'],
  queryFn: ({ signal }) => get('/v1/me/caps', {}, signal),
});

export const productsQuery = queryOptions({
  queryKey: ['products'],
  queryFn: ({ signal }) => get('/v1/products', { limit: PRODUCTS_LIMIT }, signal),
});

/** What opening a product would come to now. Nothing is booked by asking. */
export const quoteQuery = (person: string, product: string, host: string) =>
  queryOptions({
    queryKey: [...LIVE_KEY, 'quote', person, product, host],
    queryFn: () => postFor('/v1/quotes', { body: { person, product, host } }),
  });

/** When somebody was turned away, the latest first; a page may be empty although more follow. */
export const refusedQuery = (person: string) =>
  infiniteQueryOptions({
    ...paged,
    queryKey: [...LIVE_KEY, 'refused', person],
    queryFn: ({ pageParam, signal }) =>
      get('/v1/decisions', { outcome: 'refused', person, limit: REFUSALS_LIMIT, cursor: pageParam }, signal),
  });

/** What somebody has asked for. The server searches names too: those of others are left out. */
export const ownRequestsQuery = (person: string) =>
  queryOptions({
    queryKey: [...LIVE_KEY, 'requests', 'of', person],
    queryFn: async ({ signal }) => {
      const { rows } = await get('/v1/requests', { state: 'all', q: person, limit: REQUESTS_LIMIT }, signal);
      return rows.filter(({ by }) => by === person);
    },
  });
