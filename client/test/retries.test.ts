import assert from 'node:assert/strict';
import type { createClient } from '../client.ts';
import { type Answered, clientOf, failure, lost, problem } from './clientOf.ts';

const tweet = { tweetId: '1790000000000000001', tweetText: 'Hello', authorUsername: 'someone' };

describe('the retries of the client', () => {
  const failing = (times: number, how: () => Answered) => {
    let left = times;
    return () => (left-- > 0 ? how() : { body: {} });
  };

  it('wait for Retry-After', async () => {
    const { client, waits } = clientOf(
      failing(2, () => problem(429, 'rate_limited', { 'Retry-After': '17' })),
    );
    await client.post('/api/tweets/capture', { body: tweet });
    assert.deepEqual(waits, [17.5, 17.5]);
  });

  it('wait until a date in Retry-After', async () => {
    const date = new Date(Date.now() + 10_000).toUTCString();
    const { client, waits } = clientOf(
      failing(1, () => problem(503, 'unavailable', { 'Retry-After': date })),
    );
    await client.get('/api/tweets');
    assert.ok(Math.abs((waits[0] ?? 0) - 10) < 2, String(waits));
  });

  it('follow a 500 if the call can be repeated', async () => {
    const { client, sent } = clientOf(failing(1, () => problem(500, 'internal')));
    await client.post('/api/tweets/capture', { body: tweet });
    assert.equal(sent.length, 2);
    const other = clientOf(failing(1, () => problem(500, 'internal')));
    assert.equal((await failure(other.client.signIn({ email: 'e', password: 'p' }))).status, 500);
    assert.equal(other.sent.length, 1);
  });

  it('follow a 408', async () => {
    const { client, sent } = clientOf(failing(1, () => problem(408, 'request_timeout')));
    await client.post('/api/tweets/capture', { body: tweet });
    assert.equal(sent.length, 2);
  });

  it('back off with jitter, and end', async () => {
    const { client, waits, sent } = clientOf(() => problem(503, 'unavailable'));
    assert.equal((await failure(client.get('/api/tweets'))).code, 'unavailable');
    assert.deepEqual(waits, [0.75, 1.5, 3, 6]);
    assert.equal(sent.length, 5);
    assert.equal(new Set(sent.map(({ headers }) => headers['X-Request-Id'])).size, 1);
  });

  it('do not follow a wait that is too long', async () => {
    const { client, sent } = clientOf(() => problem(429, 'rate_limited', { 'Retry-After': '900' }));
    assert.equal((await failure(client.get('/api/tweets'))).retryAfterSeconds, 900);
    assert.equal(sent.length, 1);
  });

  for (const [what, repeated, call] of [
    ['a capture', true, (c) => c.post('/api/tweets/capture', { body: tweet })],
    ['a batch', true, (c) => c.post('/api/tweets/batch', { body: { tweets: [tweet] } })],
    ['a list', true, (c) => c.get('/api/tweets')],
    ['a sign-in', false, (c) => c.signIn({ email: 'e', password: 'p' })],
    ['a sign-up', false, (c) => c.signUp({ email: 'e', password: 'p' })],
    [
      'a new password',
      false,
      (c) => c.post('/api/auth/password', { body: { currentPassword: 'a', newPassword: 'b' } }),
    ],
    ['a deletion', false, (c) => c.delete('/api/tweets/{tweetId}', { path: { tweetId: '1' } })],
  ] as [string, boolean, (client: ReturnType<typeof createClient>) => Promise<unknown>][]) {
    it(`send ${what} ${repeated ? 'again' : 'only once'} if no response arrives`, async () => {
      const { client, sent } = clientOf(failing(2, lost));
      const outcome = await call(client).then(
        () => 'done',
        (error) => error.name,
      );
      assert.deepEqual([outcome, sent.length], repeated ? ['done', 3] : ['Unreachable', 1]);
    });
  }
});
