/** What the tests ask the server directly, to compare with what the page shows. */
import type { APIRequestContext } from '@playwright/test';
import type { paths } from '../src/api/schema';
import type { Answer } from '../src/api/types';

export async function ask<P extends keyof paths>(
  request: APIRequestContext,
  path: P,
  query: Record<string, string> = {},
  headers: Record<string, string> = {},
): Promise<Answer<P>> {
  const response = await request.get(path, { params: query, headers });
  if (!response.ok()) throw new Error(`GET ${path}: ${response.status()} ${await response.text()}`);
  return (await response.json()) as Answer<P>;
}

// The page formats in the reader's locale; the tests' browser reads British English.
const format = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 2 });
export const shown = (tokens: number) => format.format(tokens);
