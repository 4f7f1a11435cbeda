/** What was taken in, import by import; what of it is not charged, and what was rejected. */
import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { get, getOne, postFor } from './client';
import { paged, TABLE_LIMIT } from './people';
import { LIVE_KEY } from './queries';

const IMPORTS_KEY = ['imports'] as const;

export const importsQuery = (q: string | undefined) =>
  infiniteQueryOptions({
    ...paged,
    queryKey: [...IMPORTS_KEY, 'list', q],
    queryFn: ({ pageParam, signal }) => get('/v1/imports', { q, limit: TABLE_LIMIT, cursor: pageParam }, signal),
  });

export const importQuery = (number: string) =>
  queryOptions({
    queryKey: [...LIVE_KEY, 'import', number],
    queryFn: ({ signal }) => getOne('/v1/imports/{number}', number, signal),
  });

/** It reads all use that is stored: it is not asked again at each commit. */
export const unchargedQuery = queryOptions({
  queryKey: [...IMPORTS_KEY, 'uncharged'],
  queryFn: ({ signal }) => get('/v1/uncharged', {}, signal),
});

export const rejectedQuery = (q: string | undefined) =>
  infiniteQueryOptions({
    ...paged,
    queryKey: [...IMPORTS_KEY, 'rejected', q],
    queryFn: ({ pageParam, signal }) =>
      get('/v1/imports/rejected', { q, limit: TABLE_LIMIT, cursor: pageParam }, signal),
  });

/** Says what taking an import back would do, and then does it. */
export function useUndo(number: number) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ dryRun }: { dryRun: boolean }) =>
      postFor('/v1/imports/{number}/undo', {
        member: String(number),
        query: dryRun ? { dry_run: 'true' } : {},
      }),
    // What was charged for it is charged no longer: everything that the pages know may be otherwise.
    onSuccess: ({ dry_run }) => (dry_run ? undefined : client.invalidateQueries()),
  });
}
