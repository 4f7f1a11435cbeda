/** Bringing data: files of use and of the estate, and the demonstration. */
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { get, postFor, upload, type Query } from './client';
import { newKey } from './orders';
import { LIVE_KEY } from './queries';
import type { EstateTaken, PostAnswer } from './types';

/** What there is yet, and what is missing next. */
export const firstRunQuery = queryOptions({
  queryKey: [...LIVE_KEY, 'first-run'],
  queryFn: ({ signal }) => get('/v1/first-run', {}, signal),
});

type UsePath = '/v1/imports/token-usage' | '/v1/imports/log';

/** Sends a file of use; tells which part of it has arrived, and what it added. */
export function useBring<P extends UsePath>(path: P, type: string, query: (file: File) => Query = () => ({})) {
  const client = useQueryClient();
  const [sent, setSent] = useState(0);
  const bring = useMutation({
    mutationFn: (file: File): Promise<PostAnswer<P>> => {
      setSent(0);
      return upload(path, file, type, query(file), setSent);
    },
    // A first file changes everything that the pages know.
    onSuccess: () => client.invalidateQueries(),
  });
  return { bring, sent };
}

/** Fills an empty ledger with made-up data. */
export function useDemo() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (small: boolean) => postFor('/v1/first-run/demo', { body: { small } }),
    onSuccess: () => client.invalidateQueries(),
  });
}

export type EstateFile = { name: string; text: string };

/** Tries files of the estate, then takes in the same ones; an order that is sent twice is carried out once. */
export function useEstate() {
  const client = useQueryClient();
  const tried = useRef<{ text: string; key: string } | null>(null);
  return useMutation({
    mutationFn: ({ files, dryRun }: { files: EstateFile[]; dryRun: boolean }): Promise<EstateTaken> => {
      const text = JSON.stringify(files);
      if (tried.current?.text !== text) tried.current = { text, key: newKey() };
      const body = { files };
      if (dryRun) return postFor('/v1/estate', { body, query: { dry_run: 'true' } });
      return postFor('/v1/estate', { body, headers: { 'Idempotency-Key': tried.current.key } });
    },
    onSuccess: ({ dry_run }) => {
      if (dry_run) return;
      tried.current = null;
      return client.invalidateQueries();
    },
  });
}
