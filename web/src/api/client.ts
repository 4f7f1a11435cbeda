/**
 * The one door to the server: every request of the pages passes here.
 * It turns each failure into a `Problem`, so that no page ever handles a raw response.
 * It must never keep or read a credential; the session is an HttpOnly cookie.
 */
import { words } from '../messages';
import type { Answer, GetPath } from './types';

type ProblemDocument = { title?: string; detail?: string; code?: string; help?: string };

/** A refusal or failure in the words of RFC 9457. */
export class Problem extends Error {
  override name = 'Problem';
  readonly status: number;
  readonly detail: string | undefined;
  readonly code: string | undefined;
  readonly help: string | undefined;

  constructor(status: number, document: ProblemDocument) {
    super(document.title ?? words.problem.title);
    this.status = status;
    this.detail = document.detail;
    this.code = document.code;
    this.help = document.help;
  }
}

export type Query = Record<string, string | number | undefined>;

export async function get<P extends GetPath>(path: P, query: Query = {}, signal?: AbortSignal): Promise<Answer<P>> {
  const response = await send(address(path, query), { headers: { Accept: 'application/json' }, signal });
  try {
    return (await response.json()) as Answer<P>;
  } catch (cause) {
    throw signal?.aborted ? cause : new Problem(response.status, words.problem.unreadable);
  }
}

export async function post(path: string, body?: unknown): Promise<void> {
  await send(path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
}

/** Whether the reader has to sign in (again) before anything else can be answered. */
export function isSignedOut(error: unknown): boolean {
  return error instanceof Problem && error.status === 401;
}

async function send(url: string, init: RequestInit): Promise<Response> {
  const response = await reach(url, init);
  if (response.ok) {
    return response;
  }
  throw new Problem(response.status, await problemDocument(response));
}

async function reach(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, { ...init, credentials: 'same-origin' });
  } catch (cause) {
    // A cancelled request is no failure; the query library recognises its error.
    if (init.signal?.aborted) {
      throw cause;
    }
    throw new Problem(0, words.problem.unreachable);
  }
}

async function problemDocument(response: Response): Promise<ProblemDocument> {
  const fallback = { title: words.problem.title, detail: words.problem.status(response.status) };
  if (!/[/+]json\b/.test(response.headers.get('Content-Type') ?? '')) {
    return fallback;
  }
  return response.json().catch(() => fallback) as Promise<ProblemDocument>;
}

function address(path: string, query: Query): string {
  const given = Object.entries(query).filter((entry) => entry[1] !== undefined);
  const search = new URLSearchParams(given.map(([key, value]) => [key, String(value)]));
  return given.length === 0 ? path : `${path}?${search}`;
}
