/** What the page of the gate asks. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { get, getOne } from './client';
import { paged, TABLE_LIMIT } from './people';
import { LIVE_KEY } from './queries';

/** A decision of the past never changes; what it is recomputed to might, with another version. */
export const decisionQuery = (id: string) =>
  queryOptions({
    queryKey: ['decision', id],
    queryFn: ({ signal }) => getOne('/v1/decisions/{id}', id, signal),
  });

export const refusalsQuery = queryOptions({
  queryKey: ['refusals'],
  queryFn: ({ signal }) => get('/v1/refusals', {}, signal),
  staleTime: Infinity,
});

/** An order changes them, and everybody sees that. */
export const policiesQuery = queryOptions({
  queryKey: [...LIVE_KEY, 'policies'],
  queryFn: ({ signal }) => get('/v1/policies', {}, signal),
});

export type DecisionsAsked = {
  outcome?: string;
  reason?: string;
  person?: string;
  product?: string;
  from?: string;
  to?: string;
};

/** The latest first. What is decided from now on, the event stream tells: see `watchDecisions`. */
export const decisionsQuery = (asked: DecisionsAsked) =>
  infiniteQueryOptions({
    ...paged,
    queryKey: ['decisions', asked],
    queryFn: ({ pageParam, signal }) =>
      get('/v1/decisions', { ...asked, limit: TABLE_LIMIT, cursor: pageParam }, signal),
  });

const PRODUCTS_LIMIT = 1_000;

/** All products, to choose among. */
export const productsQuery = queryOptions({
  queryKey: ['products'],
  queryFn: ({ signal }) => get('/v1/products', { limit: PRODUCTS_LIMIT }, signal),
  staleTime: 300_000,
});
