import assert from 'node:assert/strict';
import { SignedOut, Unreachable } from '../client.ts';
import { type Answered, clientOf, failure, isRefresh, lost, problem, refreshed } from './clientOf.ts';

describe('the tokens of the client', () => {
  it('are refreshed once for all calls that are rejected at the same time, and stored', async () => {
    const { client, sent, stored } = clientOf((request) => {
      if (isRefresh(request)) return refreshed(2);
      const fresh = request.headers.Authorization === 'Bearer access-2';
      return fresh ? { body: { items: [] } } : problem(401, 'token_expired');
    });
    await Promise.all(Array.from({ length: 8 }, () => client.get('/api/tweets')));
    assert.deepEqual(
      sent.filter(isRefresh).map(({ body }) => body),
      [{ refreshToken: 'refresh-1' }],
    );
    assert.deepEqual(stored, [{ accessToken: 'access-2', refreshToken: 'refresh-2' }]);
  });

  it('are not refreshed again for a call that is rejected after a refresh', async () => {
    const late = Promise.withResolvers<void>();
    const { client, sent } = clientOf(async (request) => {
      if (isRefresh(request)) return refreshed(2);
      if (request.headers.Authorization === 'Bearer access-2') return { body: {} };
      if (request.url.endsWith('/queue')) await late.promise;
      return problem(401, 'token_expired');
    });
    const slow = client.get('/api/queue');
    await client.get('/api/tweets');
    late.resolve();
    await slow;
    assert.equal(sent.filter(isRefresh).length, 1);
  });

  it('come from a refresh if there is only a refresh token', async () => {
    const { client, sent } = clientOf((request) => (isRefresh(request) ? refreshed(2) : {}), {
      refreshToken: 'refresh-1',
    });
    await client.get('/api/account');
    assert.deepEqual(
      sent.map(({ url }) => new URL(url).pathname),
      ['/api/auth/refresh', '/api/account'],
    );
  });

  it('are deleted when the session has ended: all calls throw SignedOut, and later ones send nothing', async () => {
    const { client, sent, stored } = clientOf((request) =>
      isRefresh(request) ? problem(401, 'invalid_refresh_token') : problem(401, 'unauthenticated'),
    );
    const errors = await Promise.all([1, 2, 3].map(() => failure(client.get('/api/tweets'))));
    for (const error of errors) assert.ok(error instanceof SignedOut);
    assert.equal(sent.filter(isRefresh).length, 1);
    assert.deepEqual(stored, [null]);
    const before = sent.length;
    assert.ok((await failure(client.get('/api/tweets'))) instanceof SignedOut);
    assert.equal(sent.length, before);
  });

  it('stay if the refresh gets no response', async () => {
    const { client, held } = clientOf((request) =>
      isRefresh(request) ? lost() : problem(401, 'token_expired'),
    );
    assert.ok((await failure(client.get('/api/tweets'))) instanceof Unreachable);
    assert.equal(held()?.refreshToken, 'refresh-1');
  });

  it('arrive even if the call that refreshes them is aborted, which does not wait for them', async () => {
    const stop = new AbortController();
    let arrive: (answer: Answered) => void = () => {};
    const { client, held } = clientOf((request) => {
      if (!isRefresh(request)) return problem(401, 'token_expired');
      setImmediate(() => stop.abort(new Error('enough')));
      return new Promise((resolve) => {
        arrive = resolve;
      });
    });
    assert.equal((await failure(client.get('/api/tweets', { signal: stop.signal }))).message, 'enough');
    arrive(refreshed(2));
    await new Promise((resolve) => setTimeout(resolve, 10));
    assert.equal(held()?.accessToken, 'access-2');
  });

  it('of a sign-in during a refresh stay', async () => {
    const { client, held } = clientOf((request) => {
      if (request.url.endsWith('/login')) return refreshed(9);
      if (isRefresh(request)) return client.signIn({ email: 'e', password: 'p' }).then(() => refreshed(2));
      return request.headers.Authorization === 'Bearer access-9' ? {} : problem(401, 'token_expired');
    });
    await client.get('/api/tweets');
    assert.equal(held()?.refreshToken, 'refresh-9');
  });

  it('are not affected by a wrong password', async () => {
    const { client, sent } = clientOf(() => problem(401, 'invalid_credentials'));
    const body = { currentPassword: 'a', newPassword: 'b' };
    assert.equal((await failure(client.post('/api/auth/password', { body }))).code, 'invalid_credentials');
    assert.equal(sent.length, 1);
  });
});
