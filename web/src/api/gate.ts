/** What the page of the gate asks. */
import { queryOptions } from '@tanstack/react-query';
import { get, getOne } from './client';
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
