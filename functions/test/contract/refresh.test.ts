import assert from 'node:assert/strict';
import { verifyAccessToken } from '../../src/accounts/accessToken.ts';
import { issueRefreshToken, readRefreshToken } from '../../src/accounts/refreshToken.ts';
import { refresh } from '../../src/app/endpoints.ts';
import { AppError } from '../../src/core/errors.ts';
import { assertProblem, assertSuccess } from '../support/assertions.ts';
import { call } from '../support/call.ts';
import { memoryServices } from '../support/memory/services.ts';
import { EMAIL, PASSWORD, refreshWith, signIn, signUp } from '../support/requests.ts';

const DAY = 86_400_000;

describe('refreshing', () => {
  let { services, clock, lines }: ReturnType<typeof memoryServices> = memoryServices();
  let first: string;
  let userId: string;
  beforeEach(async () => {
    ({ services, clock, lines } = memoryServices());
    ({ userId, refreshToken: first } = await signUp(services));
  });

  const successorOf = async (token: string): Promise<string> => {
    const answer = await refreshWith(services, token);
    assertSuccess(refresh, answer);
    return answer.body.refreshToken;
  };
  const refuses = async (token: string) =>
    assertProblem(await refreshWith(services, token), 'invalid_refresh_token');
  const audited = () => lines.filter(({ fields }) => fields.event === 'refresh_token_reuse');

  it('answers a new access token for the same session, and the successor of the refresh token', async () => {
    const answer = await refreshWith(services, first);
    assertSuccess(refresh, answer);
    const { accessToken, refreshToken, ...rest } = answer.body;
    assert.deepEqual(rest, { expiresIn: 3600, tokenType: 'Bearer' });
    const { sessionId } = readRefreshToken(services.keys(), first) ?? {};
    const caller = await verifyAccessToken(services.keys(), accessToken, clock.now());
    assert.deepEqual(caller, { userId, sessionId });
    assert.deepEqual(readRefreshToken(services.keys(), refreshToken), { sessionId, generation: 2 });
  });

  it('again with the same token answers the same successor, so that a lost answer is harmless', async () => {
    const successor = await successorOf(first);
    for (let count = 0; count < 5; count += 1) assert.equal(await successorOf(first), successor);
    assert.deepEqual(audited(), []);
  });

  it('is refused when the account has ended all sessions, though the document of this one does not say so', async () => {
    const { findById } = services.accounts;
    services.accounts.findById = async (id) => {
      const account = await findById(id);
      return account && { ...account, sessionEpoch: 1 };
    };
    await refuses(first);
  });

  it('many times at once answers the same successor to all', async () => {
    const successors = await Promise.all(Array.from({ length: 10 }, () => successorOf(first)));
    assert.equal(new Set(successors).size, 1);
  });

  it('goes on for a client that adopts each new token', async () => {
    let token = first;
    for (let count = 0; count < 50; count += 1) token = await successorOf(token);
  });

  it('goes on for a client that ignores the new tokens, for 30 days', async () => {
    for (let day = 0; day < 30; day += 1) {
      await successorOf(first);
      clock.advance(DAY);
    }
    await refuses(first);
  });

  it('does not prolong a session beyond 30 days from login [ASVS 7.3.2]', async () => {
    let token = first;
    for (let day = 0; day < 29; day += 1) {
      clock.advance(DAY);
      token = await successorOf(token);
    }
    clock.advance(DAY);
    await refuses(token);
  });

  it('revokes the session and writes an audit entry on refresh token reuse', async () => {
    const second = await successorOf(first);
    const third = await successorOf(second);
    await refuses(first);
    await refuses(second);
    await refuses(third);
    const { sessionId } = readRefreshToken(services.keys(), first) ?? {};
    assert.deepEqual(
      audited().map(({ severity, fields }) => [severity, fields.userId, fields.sessionId]),
      [['WARNING', userId, sessionId]],
    );
  });

  it('after the session was revoked is over for its holder, who can sign in anew', async () => {
    const third = await successorOf(await successorOf(first));
    await refuses(first);
    await refuses(third);
    const { body } = await signIn(services, EMAIL, PASSWORD);
    await successorOf(body.refreshToken);
  });

  it('leaves the other sessions of the user alone', async () => {
    const other = (await signIn(services, EMAIL, PASSWORD)).body.refreshToken;
    await successorOf(await successorOf(first));
    await refuses(first);
    await successorOf(other);
  });

  it('with a token that was never issued, or of no session, is 401 and changes nothing', async () => {
    const { sessionId = '' } = readRefreshToken(services.keys(), first) ?? {};
    await refuses(issueRefreshToken(services.keys(), { sessionId, generation: 3 }));
    await refuses(issueRefreshToken(services.keys(), { sessionId: crypto.randomUUID(), generation: 1 }));
    await successorOf(first);
    assert.deepEqual(audited(), []);
  });

  it('with something that is no refresh token is 401, and says no more than for a stolen or a revoked one', async () => {
    const { accessToken } = (await signIn(services, EMAIL, PASSWORD)).body;
    await successorOf(await successorOf(first));
    const texts = await Promise.all(
      ['', 'x', 'refresh_', 'x'.repeat(10_000), accessToken.slice(0, 200), `${first}x`, first, first].map(
        async (token) => {
          const answer = await refreshWith(services, token);
          assertProblem(answer, 'invalid_refresh_token');
          assert.equal(answer.headers['WWW-Authenticate'], 'Bearer');
          return answer.text.replace(answer.headers['X-Request-Id'] ?? '', 'ID');
        },
      ),
    );
    assert.equal(new Set(texts).size, 1);
  });

  it('of an account that is disabled is 403, and of one that is gone 401', async () => {
    const { accounts } = services;
    const account = await accounts.findById(userId);
    assert.ok(account);
    services.accounts = { ...accounts, findById: async () => ({ ...account, isActive: false }) };
    assertProblem(await refreshWith(services, first), 'account_disabled');
    services.accounts = { ...accounts, findById: async () => null };
    await refuses(first);
  });

  it('without a string is 400', async () => {
    for (const refreshToken of [undefined, null, 1, [first], { refreshToken: first }]) {
      assertProblem(await call(refresh, services, { body: { refreshToken } }), 'invalid_request');
    }
  });
});

describe('the rate limit of a refresh', () => {
  it('is one for each session that proves itself, so that strangers at one address do not spend it', async () => {
    const { services } = memoryServices({ PUBLIC_RATE_LIMIT_PER_MINUTE: '3' });
    const { refreshToken } = await signUp(services);
    for (let count = 0; count < 5; count += 1) await refreshWith(services, 'refresh_junk');
    assertProblem(await refreshWith(services, 'refresh_junk'), 'rate_limited');
    for (let count = 0; count < 3; count += 1) {
      assert.equal((await refreshWith(services, refreshToken)).status, 200);
    }
    assertProblem(await refreshWith(services, refreshToken), 'rate_limited');
  });

  it('refuses no session that proves itself because requests cannot be counted', async () => {
    const { services, rateLimits } = memoryServices();
    const { refreshToken } = await signUp(services);
    rateLimits.lease = async () => {
      throw new AppError('unavailable', 'The database cannot count.');
    };
    for (let count = 0; count < 5; count += 1) {
      assert.equal((await refreshWith(services, refreshToken)).status, 200);
    }
    assertProblem(await refreshWith(services, 'refresh_junk'), 'unavailable');
  });
});
