/**
 * What the pages ask the server, one hook a question.
 * Keys that begin with `live` are asked again when the server says that something was committed.
 */
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import { get } from './client';
import type { BurnBy } from './types';

export const SUMMARY_KEY = ['summary'] as const;
export const ME_KEY = ['me'] as const;
export const LIVE_KEY = ['live'] as const;

/** How many sessions one page of the table holds. */
export const SESSIONS_LIMIT = 100;

/** Days a daily question may span at most; the server refuses more. */
export const RANGE_DAYS_MAX = 400;

export type Span = { from: string; to: string };

export const meQuery = queryOptions({
  queryKey: ME_KEY,
  queryFn: ({ signal }) => get('/v1/me', {}, signal),
  staleTime: Infinity,
});

export const summaryQuery = queryOptions({
  queryKey: SUMMARY_KEY,
  queryFn: ({ signal }) => get('/v1/summary', {}, signal),
  // The event stream keeps it fresh.
  staleTime: Infinity,
});

export const dailyBurnQuery = (span: Span) =>
  queryOptions({
    queryKey: [...LIVE_KEY, 'burn', 'daily', span],
    queryFn: ({ signal }) => get('/v1/burn/daily', span, signal),
    placeholderData: keepPreviousData,
  });

export const burnQuery = (by: BurnBy, span: Span, limit: number) =>
  queryOptions({
    queryKey: [...LIVE_KEY, 'burn', by, span, limit],
    queryFn: ({ signal }) => get('/v1/burn', { by, ...span, limit }, signal),
    placeholderData: keepPreviousData,
  });

export const balancesQuery = queryOptions({
  queryKey: [...LIVE_KEY, 'balances'],
  queryFn: ({ signal }) => get('/v1/balances', {}, signal),
});

export const sourcesQuery = queryOptions({
  queryKey: [...LIVE_KEY, 'sources'],
  queryFn: ({ signal }) => get('/v1/sources', {}, signal),
  // A source becomes stale by nothing being committed.
  refetchInterval: 60_000,
});

export const openSessionsQuery = infiniteQueryOptions({
  queryKey: [...LIVE_KEY, 'sessions', 'open'],
  queryFn: ({ pageParam, signal }) =>
    get('/v1/sessions', { state: 'open', limit: SESSIONS_LIMIT, cursor: pageParam }, signal),
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (page) => page.next ?? undefined,
});
