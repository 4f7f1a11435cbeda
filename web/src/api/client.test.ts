import { afterEach, describe, expect, it, vi } from 'vitest';
import { get, isSignedOut, post, Problem } from './client';

afterEach(() => vi.unstubAllGlobals());

function answerWith(response: Response) {
  const fetched = vi.fn<typeof fetch>().mockResolvedValue(response);
  vi.stubGlobal('fetch', fetched);
  return fetched;
}

describe('client', () => {
  it('asks with the query it is given and leaves out what is not', async () => {
    const fetched = answerWith(Response.json({ rows: [] }));
    await get('/v1/sessions', { state: 'open', limit: 100, cursor: undefined });
    expect(fetched.mock.calls[0]?.[0]).toBe('/v1/sessions?state=open&limit=100');
  });

  it('turns a problem document into a problem', async () => {
    const document = {
      title: 'Not Found',
      detail: 'there is no bucket `x`',
      code: 'bucket-unknown',
      help: 'List them.',
    };
    const headers = { 'Content-Type': 'application/problem+json' };
    answerWith(new Response(JSON.stringify(document), { status: 404, headers }));
    await expect(get('/v1/summary')).rejects.toMatchObject({
      status: 404,
      // Not the title, which is its status in English.
      message: 'The request failed',
      detail: 'there is no bucket `x`',
      code: 'bucket-unknown',
      help: 'List them.',
    });
  });

  it('knows a sign-in that is missing from one that is refused', async () => {
    answerWith(new Response(null, { status: 401 }));
    const error = await post('/v1/sign-out').catch((caught: unknown) => caught);
    expect(isSignedOut(error)).toBe(true);
    expect(isSignedOut(new Problem(403, {}))).toBe(false);
  });

  it('says so when the server cannot be reached', async () => {
    vi.stubGlobal('fetch', vi.fn().mockRejectedValue(new TypeError('fetch failed')));
    await expect(get('/v1/summary')).rejects.toMatchObject({ status: 0, help: expect.any(String) });
  });

  it('says so when a proxy answers with a page', async () => {
    answerWith(new Response('<html>', { status: 200 }));
    await expect(get('/v1/summary')).rejects.toMatchObject({ message: 'The answer cannot be read' });
    answerWith(new Response('<html>', { status: 502, headers: { 'Content-Type': 'text/html' } }));
    await expect(get('/v1/summary')).rejects.toMatchObject({ status: 502, detail: expect.stringContaining('502') });
  });
});
