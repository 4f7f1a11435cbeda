/** What the pages of planning ask. Nothing here is live: a plan stands on days of use, not on the last second. */
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import { get, getOne, postFor } from './client';
import { hasRows, paged, TABLE_LIMIT, type GroupAsked } from './people';
import { LIVE_KEY } from './queries';

export type AdviceAsked = { q?: string; rule?: string; moves?: string; sort?: string } & GroupAsked;

export const recommendationsQuery = (asked: AdviceAsked) =>
  infiniteQueryOptions({
    ...paged,
    queryKey: ['recommendations', asked],
    queryFn: ({ pageParam, signal }) =>
      get('/v1/recommendations', { ...asked, limit: TABLE_LIMIT, cursor: pageParam }, signal),
    enabled: hasRows(asked),
  });

/** What was studied comes with the groups, as it does with rows. */
export const adviceGroupsQuery = ({ q, rule, moves, group }: AdviceAsked) =>
  queryOptions({
    queryKey: ['groups', 'recommendations', group, q, rule, moves],
    queryFn: ({ signal }) => get('/v1/recommendations', { q, rule, moves, group }, signal),
    enabled: group !== undefined,
  });

// An order changes a plan; these are asked again after one.
const PLANS_KEY = [...LIVE_KEY, 'plans'] as const;

export const plansQuery = infiniteQueryOptions({
  ...paged,
  queryKey: PLANS_KEY,
  queryFn: ({ pageParam, signal }) => get('/v1/plans', { limit: TABLE_LIMIT, cursor: pageParam }, signal),
});

export const planQuery = (id: string) =>
  infiniteQueryOptions({
    ...paged,
    queryKey: [...PLANS_KEY, id],
    queryFn: ({ pageParam, signal }) =>
      getOne('/v1/plans/{id}', id, signal, { limit: TABLE_LIMIT, cursor: pageParam }),
  });

export const verificationQuery = (id: string) =>
  queryOptions({
    queryKey: [...PLANS_KEY, id, 'verification'],
    queryFn: ({ signal }) => getOne('/v1/plans/{id}/verification', id, signal),
  });

/** Drawn years take a while; the answer holds until the offer or the page changes. */
const CALCULATED = { staleTime: 300_000, placeholderData: keepPreviousData } as const;

export const sizingQuery = (offered: string) =>
  queryOptions({ ...CALCULATED, queryKey: ['sizing', offered], queryFn: () => postFor('/v1/sizing', asked(offered)) });

export const portfolioQuery = (offered: string) =>
  queryOptions({
    ...CALCULATED,
    queryKey: ['portfolio', offered],
    queryFn: () => postFor('/v1/portfolio', asked(offered)),
  });

export const renewalQuery = (offered: string) =>
  queryOptions({ ...CALCULATED, queryKey: ['renewal', offered], queryFn: () => postFor('/v1/renewal', asked(offered)) });

const asked = (offered: string) => ({ body: offered.trim() === '' ? {} : { offered } });
