/** What the pages of people and seats ask. */
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import { get, getOne } from './client';
import { LIVE_KEY } from './queries';

/** Rows of one page of a long table. */
export const TABLE_LIMIT = 200;

const firstCursor = undefined as string | undefined;

/**
 * How a long table is paged: by the cursor that the page before ends with.
 * It is not asked again at each commit, because that would ask for every page that was scrolled past.
 */
export const paged = {
  initialPageParam: firstCursor,
  getNextPageParam: (page: { next?: string | null }) => page.next ?? undefined,
  placeholderData: keepPreviousData,
};

export type PeopleAsked = { q?: string; sort?: string };

export const peopleQuery = ({ q, sort }: PeopleAsked) =>
  infiniteQueryOptions({
    ...paged,
    queryKey: ['people', q, sort],
    queryFn: ({ pageParam, signal }) => get('/v1/people', { q, sort, limit: TABLE_LIMIT, cursor: pageParam }, signal),
  });

export const personQuery = (key: string) =>
  queryOptions({
    queryKey: [...LIVE_KEY, 'person', key],
    queryFn: ({ signal }) => getOne('/v1/people/{key}', key, signal),
  });

export type SeatsAsked = { q?: string; state?: string; sort?: string };

export const seatsQuery = ({ q, state, sort }: SeatsAsked) =>
  infiniteQueryOptions({
    ...paged,
    queryKey: ['seats', q, state, sort],
    queryFn: ({ pageParam, signal }) => get('/v1/seats', { q, state, sort, limit: TABLE_LIMIT, cursor: pageParam }, signal),
  });

/** What the plan advises for one person. The server searches names too: others of a like name are left out. */
export const adviceForQuery = (person: string) =>
  queryOptions({
    queryKey: ['advice', person],
    queryFn: async ({ signal }) => {
      const { rows } = await get('/v1/recommendations', { q: person, limit: TABLE_LIMIT }, signal);
      return rows.filter((row) => row.person === person);
    },
  });
