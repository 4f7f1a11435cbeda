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

/** How a table is grouped, and which group is open. */
export type GroupAsked = { group?: string; in?: string };

/** In groups there are no rows before one is opened. */
export const hasRows = (asked: GroupAsked) => asked.group === undefined || asked.in !== undefined;

export type PeopleAsked = { q?: string; sort?: string } & GroupAsked;

export const peopleQuery = (asked: PeopleAsked) =>
  infiniteQueryOptions({
    ...paged,
    queryKey: ['people', asked],
    queryFn: ({ pageParam, signal }) => get('/v1/people', { ...asked, limit: TABLE_LIMIT, cursor: pageParam }, signal),
    enabled: hasRows(asked),
  });

export const peopleGroupsQuery = ({ q, group }: PeopleAsked) =>
  queryOptions({
    queryKey: ['groups', 'people', group, q],
    queryFn: async ({ signal }) => (await get('/v1/people', { q, group }, signal)).groups ?? [],
    enabled: group !== undefined,
  });

/** A few people by a part of a key or name, to choose from. */
export const peopleNamedQuery = (q: string) =>
  queryOptions({
    queryKey: ['people', 'named', q],
    queryFn: async ({ signal }) => (await get('/v1/people', { q: q || undefined, sort: 'name', limit: 20 }, signal)).rows,
  });

export const personQuery = (key: string) =>
  queryOptions({
    queryKey: [...LIVE_KEY, 'person', key],
    queryFn: ({ signal }) => getOne('/v1/people/{key}', key, signal),
  });

export type SeatsAsked = { q?: string; state?: string; sort?: string } & GroupAsked;

export const seatsQuery = (asked: SeatsAsked) =>
  infiniteQueryOptions({
    ...paged,
    queryKey: ['seats', asked],
    queryFn: ({ pageParam, signal }) => get('/v1/seats', { ...asked, limit: TABLE_LIMIT, cursor: pageParam }, signal),
    enabled: hasRows(asked),
  });

export const seatsGroupsQuery = ({ q, state, group }: SeatsAsked) =>
  queryOptions({
    queryKey: ['groups', 'seats', group, q, state],
    queryFn: async ({ signal }) => (await get('/v1/seats', { q, state, group }, signal)).groups ?? [],
    enabled: group !== undefined,
  });

/** What the plan advises for one person. */
export const adviceForQuery = (person: string) =>
  queryOptions({
    queryKey: ['advice', person],
    queryFn: async ({ signal }) => (await get('/v1/recommendations', { person, limit: TABLE_LIMIT }, signal)).rows,
  });
