/**
 * What the page of places asks. Each answer is read from the journal anew, so none is asked again at each commit.
 */
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import { get } from './client';
import { paged, TABLE_LIMIT } from './people';

export const PLACES_KEY = ['places'] as const;

/** How many cells of the matrix are asked for; the server gives no more at once. */
export const CELLS_LIMIT = 1000;

/** Without its last day a period ends today. */
export type Period = { from: string; to?: string };

/** By what paid or by product over the whole period; by month beside the place alone. */
const DIVIDED = {
  payer: { by: 'payer', over: 'period' },
  product: { by: 'product', over: 'period' },
  month: { by: 'place', over: 'month' },
} as const;

export const placeUseQuery = (period: Period, columns: keyof typeof DIVIDED) =>
  queryOptions({
    queryKey: [...PLACES_KEY, 'use', period, columns],
    queryFn: async ({ signal }) => ({
      ...(await get('/v1/places/use', { ...DIVIDED[columns], ...period, limit: CELLS_LIMIT }, signal)),
      columns,
    }),
    placeholderData: keepPreviousData,
  });

export const sharingQuery = (period: Period) =>
  queryOptions({
    queryKey: [...PLACES_KEY, 'sharing', period],
    queryFn: ({ signal }) => get('/v1/places/sharing', period, signal),
    placeholderData: keepPreviousData,
  });

export type BreachStage = 'waiting' | 'all';

export const breachesQuery = (period: Period, state: BreachStage) =>
  infiniteQueryOptions({
    ...paged,
    queryKey: [...PLACES_KEY, 'breaches', period, state],
    queryFn: ({ pageParam, signal }) =>
      get('/v1/places/breaches', { ...period, state, limit: TABLE_LIMIT, cursor: pageParam }, signal),
  });

export const sitesQuery = queryOptions({
  queryKey: [...PLACES_KEY, 'sites'],
  queryFn: ({ signal }) => get('/v1/sites', {}, signal),
});
