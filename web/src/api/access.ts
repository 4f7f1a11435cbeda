/** What the pages ask about who comes in. */
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { get, post, Problem, remove } from './client';
import { ME_KEY } from './queries';

/** How people can sign in here; asked before anybody has. */
export const waysQuery = queryOptions({
  queryKey: ['sign-in-ways'],
  queryFn: ({ signal }) => get('/v1/sign-in/ways', {}, signal),
});

export const ownSignInsQuery = queryOptions({
  queryKey: ['own-sign-ins'],
  queryFn: async ({ signal }) => (await get('/v1/me/sign-ins', {}, signal)).rows,
  // Somebody may have signed in elsewhere since.
  staleTime: 0,
});

export type Proof = { token: string } | { name: string; password: string; new_password?: string };

export function useSignIn(onSignedIn?: () => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (proof: Proof) => post('/v1/sign-in', proof),
    onSuccess: () => {
      onSignedIn?.();
      return client.resetQueries({ queryKey: ME_KEY });
    },
  });
}

/** Signs out here, or in every browser. */
export function useSignOut(where: 'here' | 'everywhere') {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => (where === 'here' ? post('/v1/sign-out') : remove('/v1/me/sign-ins')),
    onSuccess: async () => {
      // The gate looks at `me`; closing it first stops every other question, then the answers are forgotten.
      await client.resetQueries({ queryKey: ME_KEY });
      client.removeQueries({ predicate: (query) => query.queryKey[0] !== ME_KEY[0] });
    },
    onError: (error) => {
      if (error instanceof Problem && error.status === 401) void client.resetQueries({ queryKey: ME_KEY });
    },
  });
}

export function useChangePassword() {
  return useMutation({
    mutationFn: (change: { password: string; new_password: string }) => post('/v1/me/password', change),
  });
}
