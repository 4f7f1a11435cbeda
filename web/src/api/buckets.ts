/** What the pages of buckets ask. */
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import { get, getOne } from './client';
import { paged } from './people';
import { LIVE_KEY, type Span } from './queries';

/** The server gives no more at once; few contracts have more buckets. */
const BUCKETS_LIMIT = 1_000;
const STATEMENT_LIMIT = 100;
const REQUESTS_LIMIT = 1_000;

/** Live, although it is paged: it is one page but for the largest contracts. */
export const bucketsQuery = (q: string | undefined) =>
  infiniteQueryOptions({
    ...paged,
    queryKey: [...LIVE_KEY, 'buckets', q],
    queryFn: ({ pageParam, signal }) => get('/v1/buckets', { q, limit: BUCKETS_LIMIT, cursor: pageParam }, signal),
  });

export const bucketQuery = (key: string) =>
  queryOptions({
    queryKey: [...LIVE_KEY, 'bucket', key],
    queryFn: ({ signal }) => getOne('/v1/buckets/{key}', key, signal),
  });

export type StatementSpan = { from?: string; to?: string };

export const statementQuery = (key: string, { from, to }: StatementSpan) =>
  infiniteQueryOptions({
    ...paged,
    queryKey: [...LIVE_KEY, 'statement', key, from, to],
    queryFn: ({ pageParam, signal }) =>
      getOne('/v1/buckets/{key}/statement', key, signal, { from, to, limit: STATEMENT_LIMIT, cursor: pageParam }),
  });

export type RequestStage = 'waiting' | 'all';

/** Requests for one bucket, or for all. */
export const requestsQuery = (state: RequestStage, bucket?: string) =>
  queryOptions({
    queryKey: [...LIVE_KEY, 'requests', state, bucket],
    queryFn: async ({ signal }) => (await get('/v1/requests', { state, bucket, limit: REQUESTS_LIMIT }, signal)).rows,
    placeholderData: keepPreviousData,
  });

const SPENT_STALE_MS = 60_000;

/** On which products a bucket, or all of them, were spent. Not live: it is asked for many buckets at once. */
export const spentOnQuery = (span: Span, limit: number, bucket?: string) =>
  queryOptions({
    queryKey: ['spent-on', span, limit, bucket],
    queryFn: ({ signal }) => get('/v1/burn', { by: 'product', ...span, bucket, limit }, signal),
    staleTime: SPENT_STALE_MS,
  });
