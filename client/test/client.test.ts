import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ApiError, createClient, SignedOut, Unreachable } from '../client.ts';
import { clientOf, failure, problem, refreshed } from './clientOf.ts';

const listening = async (server: Server) => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

describe('the client', () => {
  it('fills in the path and the query, and sends a request ID', async () => {
    const { client, sent } = clientOf(() => ({ body: { items: [] } }));
    await client.get('/api/tweets', { query: { limit: 5, author: 'a&b', cursor: undefined as never } });
    await client.get('/api/tweets/{tweetId}', { path: { tweetId: '17/9' } });
    const [list, one] = sent;
    assert.equal(list?.url, 'https://tweets.example/api/tweets?limit=5&author=a%26b');
    assert.equal(one?.url, 'https://tweets.example/api/tweets/17%2F9');
    assert.equal(list?.headers.Authorization, 'Bearer access-1');
    assert.match(list?.headers['X-Request-Id'] ?? '', /^[A-Za-z0-9_-]{8,128}$/);
    assert.notEqual(list?.headers['X-Request-Id'], one?.headers['X-Request-Id']);
  });

  it('stores the tokens of a sign-in, and deletes them at the sign-out', async () => {
    const { client, sent, held } = clientOf(
      (request) => (request.url.endsWith('logout') ? { status: 204 } : refreshed(7)),
      null,
    );
    await client.signIn({ email: 'me@example.com', password: 'Correct-horse-1' });
    assert.deepEqual(held(), { accessToken: 'access-7', refreshToken: 'refresh-7' });
    await client.signOut();
    assert.equal(held(), null);
    assert.deepEqual(sent[1]?.body, { refreshToken: 'refresh-7' });
    assert.ok((await failure(client.get('/api/account'))) instanceof SignedOut);
    assert.equal(sent.length, 2);
  });

  it('throws the fields of an error response', async () => {
    const answer = problem(400, 'invalid_request');
    const errors = [{ path: 'limit', message: 'must be a number' }];
    const { client } = clientOf(() => ({ ...answer, body: { ...answer.body, errors } }));
    const error = await failure(client.get('/api/tweets'));
    assert.ok(error instanceof ApiError);
    const { status, code, requestId, message, retryAfterSeconds } = error;
    assert.deepEqual(
      [status, code, requestId, message],
      [400, 'invalid_request', 'request-0001', 'In words.'],
    );
    assert.deepEqual([error.errors, retryAfterSeconds], [errors, null]);
  });

  it('throws an unknown error for the page of a proxy', async () => {
    const { client } = clientOf(() => ({ status: 418, headers: { 'Content-Type': 'text/html' } }));
    const error = await failure(client.get('/api/tweets'));
    assert.deepEqual([error.name, error.status, error.code], ['ApiError', 418, 'unknown']);
  });

  it('throws an unknown error for an empty problem', async () => {
    const headers = { 'Content-Type': 'application/problem+json' };
    const { client } = clientOf(() => ({ status: 418, headers, body: null }));
    const error = await failure(client.get('/api/tweets'));
    assert.deepEqual([error.name, error.status, error.code], ['ApiError', 418, 'unknown']);
  });

  it('throws for a redirect, and sends neither tokens nor passwords to its target', async () => {
    const asked: string[] = [];
    const elsewhere = createServer((request, response) =>
      response.end(String(asked.push(request.url ?? ''))),
    );
    const there = await listening(elsewhere);
    const service = createServer((_, response) => response.writeHead(307, { Location: there }).end());
    const client = createClient({ baseUrl: await listening(service), attempts: 1 });
    try {
      const error = await failure(client.signIn({ email: 'e', password: 'p' }));
      assert.deepEqual([error.name, error.status, error.code, asked], ['ApiError', 307, 'unknown', []]);
    } finally {
      for (const server of [service, elsewhere]) server.close();
    }
  });

  it('ends an attempt after the timeout, and a call at once on its signal', async () => {
    const hang = (_: unknown, init?: RequestInit) =>
      new Promise<Response>((_, reject) => {
        init?.signal?.addEventListener('abort', () => reject(init.signal?.reason));
      });
    const client = createClient({
      baseUrl: 'https://tweets.example',
      fetch: hang,
      timeoutMs: 10,
      attempts: 1,
    });
    const late = await failure(client.get('/api/health'));
    assert.ok(late instanceof Unreachable);
    assert.match(String(late.cause), /No response within 10 ms/);

    const patient = createClient({ baseUrl: 'https://tweets.example', fetch: hang, attempts: 1 });
    const stop = new AbortController();
    const call = patient.get('/api/health', { signal: stop.signal });
    stop.abort(new Error('enough'));
    assert.equal((await failure(call)).message, 'enough');
  });
});
