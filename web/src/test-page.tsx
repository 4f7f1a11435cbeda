/** For tests only: a component or the whole page, with a server that is a table of answers. */
import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { render } from '@testing-library/react';
import type { ReactNode } from 'react';
import { vi } from 'vitest';
import type { Me } from './api/types';

export function renderWithin(children: ReactNode) {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const page = render(
    <MantineProvider env="test">
      <QueryClientProvider client={client}>{children}</QueryClientProvider>
    </MantineProvider>,
  );
  return { ...page, client };
}

/** Who one is, with what one may do. */
export const me = (role = 'administrator', rights: readonly string[] = RIGHTS, person: Me['person'] = null) =>
  Response.json({ name: 'a', roles: [role], rights, person, zone: 'UTC' });

const RIGHTS = [
  'read-burn',
  'read-estate',
  'read-own',
  'read-outlook',
  'read-purchases',
  'ask-price',
  'read-access',
  'give-orders',
  'ask-for-tokens',
  'answer-requests',
  'judge-plans',
  'buy-packs',
  'run-faregate',
  'manage-access',
  'act-for-others',
];

/** What a member may do. */
export const MEMBER = ['read-own', 'read-outlook', 'ask-price', 'give-orders', 'ask-for-tokens', 'answer-requests'];

/** Answers `/path` by the table's function, and what is not in it with 404. */
export function serve(answers: Record<string, (init: RequestInit | undefined, url: string) => Response>) {
  const fetched = vi.fn(async (url: string, init?: RequestInit) => {
    const path = url.split('?')[0] ?? url;
    return answers[path]?.(init, url) ?? new Response(null, { status: 404 });
  });
  vi.stubGlobal('fetch', fetched);
  return fetched;
}

export function problem(status: number, document: Record<string, string>): Response {
  return new Response(JSON.stringify(document), { status, headers: { 'Content-Type': 'application/problem+json' } });
}
