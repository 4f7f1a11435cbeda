/**
 * What the pages ask the server, one hook a question.
 * Keys that begin with `live` are asked again when the server says that something was committed.
 */
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import { get, getOne } from './client';
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

/** Keys that narrow a table of burn down; all that is said must fit. */
export type Narrowed = { group?: string; bucket?: string; product?: string; person?: string };

export const narrowedBurnQuery = (by: BurnBy, span: Span, narrowed: Narrowed, limit: number) =>
  queryOptions({
    queryKey: [...LIVE_KEY, 'burn', by, span, limit, narrowed],
    queryFn: ({ signal }) => get('/v1/burn', { by, ...span, ...narrowed, limit }, signal),
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

/** An alert is raised beside the gate, a moment after what it is about: the commit is not always the last word. */
const ALERTS_EVERY_MS = 5_000;

/** Whose forecast the Burn page shows. */
export const CONTRACT = 'contract';

/** How many deliveries the page lists. */
const DELIVERIES_LIMIT = 50;

const ALERTS_LIMIT = 100;

export type AlertStage = 'open' | 'all';

export const periodsQuery = queryOptions({
  queryKey: [...LIVE_KEY, 'burn', 'periods'],
  queryFn: ({ signal }) => get('/v1/burn/periods', {}, signal),
});

export const forecastQuery = (subject: string) =>
  queryOptions({
    queryKey: [...LIVE_KEY, 'forecast', subject],
    queryFn: ({ signal }) => get('/v1/forecasts', { subject }, signal),
  });

/** How many alerts are open: a page of one row carries the counts too. */
export const openAlertsQuery = queryOptions({
  queryKey: [...LIVE_KEY, 'alerts', 'count'],
  queryFn: ({ signal }) => get('/v1/alerts', { state: 'open', limit: 1 }, signal),
  refetchInterval: ALERTS_EVERY_MS,
});

export const alertsQuery = (state: AlertStage) =>
  infiniteQueryOptions({
    queryKey: [...LIVE_KEY, 'alerts', state],
    queryFn: ({ pageParam, signal }) => get('/v1/alerts', { state, limit: ALERTS_LIMIT, cursor: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    refetchInterval: ALERTS_EVERY_MS,
    placeholderData: keepPreviousData,
  });

export const alertQuery = (id: string) =>
  queryOptions({
    queryKey: [...LIVE_KEY, 'alert', id],
    queryFn: ({ signal }) => getOne('/v1/alerts/{id}', id, signal),
    refetchInterval: ALERTS_EVERY_MS,
  });

export const alertRulesQuery = queryOptions({
  queryKey: [...LIVE_KEY, 'alert-rules'],
  queryFn: ({ signal }) => get('/v1/alert-rules', {}, signal),
});

export const channelsQuery = queryOptions({
  queryKey: [...LIVE_KEY, 'channels'],
  queryFn: ({ signal }) => get('/v1/channels', {}, signal),
  // What was delivered is no entry of the journal.
  refetchInterval: ALERTS_EVERY_MS,
});

export const deliveriesQuery = queryOptions({
  queryKey: [...LIVE_KEY, 'deliveries'],
  queryFn: ({ signal }) => get('/v1/deliveries', { limit: DELIVERIES_LIMIT }, signal),
  refetchInterval: ALERTS_EVERY_MS,
});

/** How many people or buckets the palette offers for a part of a name. */
const FOUND_LIMIT = 6;

export const foundPeopleQuery = (q: string) =>
  queryOptions({
    queryKey: ['found', 'people', q],
    queryFn: ({ signal }) => get('/v1/people', { q, limit: FOUND_LIMIT }, signal),
    placeholderData: keepPreviousData,
  });

export const foundBucketsQuery = (q: string) =>
  queryOptions({
    queryKey: ['found', 'buckets', q],
    queryFn: ({ signal }) => get('/v1/buckets', { q, limit: FOUND_LIMIT }, signal),
    placeholderData: keepPreviousData,
  });

export const foundProductsQuery = (q: string) =>
  queryOptions({
    queryKey: ['found', 'products', q],
    queryFn: ({ signal }) => get('/v1/products', { q, limit: FOUND_LIMIT }, signal),
    placeholderData: keepPreviousData,
  });
