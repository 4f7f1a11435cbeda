/**
 * The one door to the server: every request of the pages passes here.
 * It turns each failure into a `Problem`, so that no page ever handles a raw response.
 * It must never keep or read a credential; the session is an HttpOnly cookie.
 */
import { words } from '../messages';
import type { Answer, DeletePath, GetPath, PatchPath, PostAnswer, PostPath } from './types';

type ProblemDocument = { title?: string; detail?: string; code?: string; help?: string };

/** A refusal or failure in the words of RFC 9457. */
export class Problem extends Error {
  override name = 'Problem';
  readonly status: number;
  readonly detail: string | undefined;
  readonly code: string | undefined;
  readonly help: string | undefined;
  /** After how many seconds to try again, where the server says so. */
  readonly retrySeconds: number | undefined;

  constructor(status: number, document: ProblemDocument, retrySeconds?: number) {
    super(document.title ?? words.problem.title);
    this.status = status;
    this.detail = document.detail;
    this.code = document.code;
    this.help = document.help;
    this.retrySeconds = retrySeconds;
  }
}

export type Query = Record<string, string | number | undefined>;

export async function get<P extends GetPath>(path: P, query: Query = {}, signal?: AbortSignal): Promise<Answer<P>> {
  const response = await send(address(path, query), { headers: { Accept: 'application/json' }, signal });
  return read(response, signal);
}

/** A member of a path, such as the alert `a42` of `/v1/alerts/{id}`. */
export async function getOne<P extends GetPath>(
  path: P,
  member: string,
  signal?: AbortSignal,
  query: Query = {},
): Promise<Answer<P>> {
  const url = address(withMember(path, member), query);
  const response = await send(url, { headers: { Accept: 'application/json' }, signal });
  return read(response, signal);
}

export type File = { name: string; content: Blob };

/** A file to take along, under the name that the server gives it. */
export async function getFile(path: string, query: Query = {}): Promise<File> {
  const response = await send(address(path, query), { headers: { Accept: '*/*' } });
  const name = /filename="([^"]+)"/.exec(response.headers.get('Content-Disposition') ?? '')?.[1];
  return { name: name ?? path.split('/').at(-1) ?? path, content: await response.blob() };
}

export async function post(path: string, body?: unknown): Promise<void> {
  await sendBody('POST', path, body);
}

/** Changes a member of a path, such as the account `ana` of `/v1/accounts/{name}`. */
export async function patch(path: PatchPath, member: string, body: unknown): Promise<void> {
  await sendBody('PATCH', withMember(path, member), body);
}

/** Ends what is at a path, or a member of it. */
export async function remove(path: DeletePath, member?: string): Promise<void> {
  await sendBody('DELETE', member === undefined ? path : withMember(path, member), undefined);
}

type Asked = { body?: unknown; member?: string; query?: Query; headers?: Record<string, string> };

/** Posts, and reads what came of it. */
export async function postFor<P extends PostPath>(path: P, asked: Asked): Promise<PostAnswer<P>> {
  const url = address(asked.member === undefined ? path : withMember(path, asked.member), asked.query ?? {});
  return read(await sendBody('POST', url, asked.body, asked.headers));
}

type Method = 'POST' | 'PATCH' | 'DELETE';

function sendBody(method: Method, url: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return send(url, {
    method,
    headers: { 'Content-Type': 'application/json', Accept: 'application/json', ...headers },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
}

/**
 * Sends a file, and says which part of it has arrived, 0 to 1: `fetch` does not tell.
 * What is answered, or refused, is as with `postFor`.
 */
export function upload<P extends PostPath>(
  path: P,
  file: Blob,
  type: string,
  query: Query,
  onSent: (part: number) => void,
): Promise<PostAnswer<P>> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.upload.addEventListener('progress', ({ loaded, total }) => onSent(total > 0 ? loaded / total : 0));
    request.addEventListener('load', () => {
      const { status, responseText } = request;
      const document = parsed(responseText);
      if (status >= 200 && status < 300 && document) resolve(document as PostAnswer<P>);
      else reject(new Problem(status, document ?? { ...words.problem.unreadable }));
    });
    request.addEventListener('error', () => reject(new Problem(0, words.problem.unreachable)));
    request.open('POST', address(path, query));
    request.setRequestHeader('Content-Type', type);
    request.setRequestHeader('Accept', 'application/json');
    request.send(file);
  });
}

function parsed(text: string): object | undefined {
  try {
    return JSON.parse(text) as object;
  } catch {
    return undefined;
  }
}

async function read<T>(response: Response, signal?: AbortSignal): Promise<T> {
  try {
    return (await response.json()) as T;
  } catch (cause) {
    throw signal?.aborted ? cause : new Problem(response.status, words.problem.unreadable);
  }
}

/** Whether the reader's roles do not reach this far; asking again would change nothing. */
export function isForbidden(error: unknown): boolean {
  return error instanceof Problem && error.status === 403;
}

/** Whether what was asked for is not there, or not for this reader: the server does not tell the two apart. */
export function isUnknown(error: unknown): boolean {
  return error instanceof Problem && error.status === 404;
}

/** Whether the reader has to sign in (again) before anything else can be answered. */
export function isSignedOut(error: unknown): boolean {
  return error instanceof Problem && error.status === 401;
}

/** Whether it was refused for this reason. */
export function isCode(error: unknown, code: string): error is Problem {
  return error instanceof Problem && error.code === code;
}

async function send(url: string, init: RequestInit): Promise<Response> {
  const response = await reach(url, init);
  if (response.ok) {
    return response;
  }
  const seconds = Number(response.headers.get('Retry-After') ?? Number.NaN);
  throw new Problem(response.status, await problemDocument(response), Number.isFinite(seconds) ? seconds : undefined);
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
  // The title of a problem is its status in English: it says nothing that the detail does not.
  const document = (await response.json().catch(() => fallback)) as ProblemDocument;
  return { ...document, title: words.problem.title };
}

function withMember(path: string, member: string): string {
  return path.replace(/\{\w+\}/, encodeURIComponent(member));
}

/** Where a question is asked, as a link that can be sent on. */
export function address(path: string, query: Query): string {
  const given = Object.entries(query).filter((entry) => entry[1] !== undefined);
  const search = new URLSearchParams(given.map(([key, value]) => [key, String(value)]));
  return given.length === 0 ? path : `${path}?${search}`;
}
