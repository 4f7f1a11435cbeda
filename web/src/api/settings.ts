/** What the settings ask and change. */
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { get, patch, postFor, remove } from './client';
import { LIVE_KEY } from './queries';
import type { AccountChange, NewAccount, NewKey } from './types';

const ACCOUNTS_KEY = ['accounts'] as const;
const KEYS_KEY = ['keys'] as const;
const AGENTS_EVERY_MS = 30_000;

export const accountsQuery = queryOptions({
  queryKey: ACCOUNTS_KEY,
  queryFn: async ({ signal }) => (await get('/v1/accounts', {}, signal)).rows,
});

export const keysQuery = queryOptions({
  queryKey: KEYS_KEY,
  queryFn: async ({ signal }) => (await get('/v1/keys', {}, signal)).rows,
});

export const termsQuery = queryOptions({
  queryKey: [...LIVE_KEY, 'terms'],
  queryFn: ({ signal }) => get('/v1/terms', {}, signal),
});

export const roleRightsQuery = queryOptions({
  queryKey: ['role-rights'],
  queryFn: ({ signal }) => get('/v1/rights', {}, signal),
  staleTime: Infinity,
});

export const agentsQuery = queryOptions({
  queryKey: [...LIVE_KEY, 'agents'],
  queryFn: ({ signal }) => get('/v1/agents', {}, signal),
  // What was heard of a workstation is no entry of the journal.
  refetchInterval: AGENTS_EVERY_MS,
});

export const aboutQuery = queryOptions({
  queryKey: [...LIVE_KEY, 'about'],
  queryFn: ({ signal }) => get('/v1/about', {}, signal),
});

/** A change, after which this list is asked for again. */
function useChange<Wanted, Done>(key: readonly string[], change: (wanted: Wanted) => Promise<Done>) {
  const client = useQueryClient();
  return useMutation({ mutationFn: change, onSuccess: () => client.invalidateQueries({ queryKey: key }) });
}

export const useAddAccount = () =>
  useChange(ACCOUNTS_KEY, (account: NewAccount) => postFor('/v1/accounts', { body: account }));

export const useChangeAccount = (name: string) =>
  useChange(ACCOUNTS_KEY, (change: AccountChange) => patch('/v1/accounts/{name}', name, change));

export const useMakeKey = () => useChange(KEYS_KEY, (key: NewKey) => postFor('/v1/keys', { body: key }));

export const useRevokeKey = () => useChange(KEYS_KEY, (id: string) => remove('/v1/keys/{id}', id));

export const useMakeCodes = () =>
  useMutation({
    mutationFn: (wanted: { count: number; days: number; shared: boolean }) =>
      postFor('/v1/agents/codes', { body: wanted }),
  });
