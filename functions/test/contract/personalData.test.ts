import assert from 'node:assert/strict';
import { SESSION_CACHE } from '../../src/accounts/sessionCache.ts';
import { capture, deleteAccount, exportAccount, getAccount } from '../../src/app/endpoints.ts';
import { AppError } from '../../src/core/errors.ts';
import { ERASURE, eraseAccounts } from '../../src/privacy/eraseAccounts.ts';
import { assertProblem } from '../support/assertions.ts';
import { call } from '../support/call.ts';
import { collect } from '../support/collect.ts';
import { linesOf } from '../support/lines.ts';
import { memoryServices } from '../support/memory/services.ts';
import { EMAIL, PASSWORD, refreshWith, signIn, signUp } from '../support/requests.ts';
import { sampleBody, sampleCapture } from '../support/samples.ts';

describe('the data of a person', () => {
  let memory: ReturnType<typeof memoryServices>;
  let user: Awaited<ReturnType<typeof signUp>>;
  let headers: { Authorization: string };
  beforeEach(async () => {
    memory = memoryServices();
    user = await signUp(memory.services);
    headers = { Authorization: `Bearer ${user.accessToken}` };
    for (let count = 0; count < 3; count += 1) {
      await call(capture, memory.services, { headers, body: sampleBody() });
    }
  });
  const remove = (password = PASSWORD) =>
    call(deleteAccount, memory.services, { headers, body: { password } });
  const everything = async () =>
    JSON.stringify(await collect(memory.services.personalData.read(user.userId)));

  describe('as an export', () => {
    const exported = async () => {
      const { text } = await call(exportAccount, memory.services, { headers });
      const lines = linesOf(text);
      assert.deepEqual(lines.at(-1), { kind: 'end', lines: lines.length - 1 });
      // biome-ignore lint/suspicious/noExplicitAny: lines of every kind
      return { text, lines: lines as any[] };
    };

    it('is account, sessions, tweets and audit log, each on a line, and an end [Privacy 1]', async () => {
      const { lines } = await exported();
      const kinds = lines.map(({ kind }) => kind);
      assert.deepEqual(kinds.slice(0, 5), ['account', 'session', 'tweet', 'tweet', 'tweet']);
      assert.deepEqual(new Set(kinds.slice(5, -1)), new Set(['auditEntry']));
      assert.equal(lines[0].data.email, EMAIL);
      assert.equal(lines[2].data.tweet.tweetText, 'Hello, world');
    });

    it('goes on after any line of it', async () => {
      const { lines } = await exported();
      for (const { kind, id } of [lines[0], lines[2], lines[4]]) {
        memory.clock.advance(60_000);
        const at = lines.findIndex((line) => line.kind === kind && line.id === id);
        const rest = await call(exportAccount, memory.services, {
          headers,
          path: `/api/account/export?after=${kind},${id}`,
        });
        const tweets = (all: typeof lines) => all.filter((line) => line.kind === 'tweet');
        assert.deepEqual(tweets(linesOf(rest.text)), tweets(lines.slice(at + 1)));
        assert.equal(linesOf(rest.text).at(-1)?.kind, 'end');
      }
    });

    it('ends without an end where a part is full', async () => {
      const { tweets, clock } = memory.services;
      const big = { ...sampleBody(), tweetText: '😀'.repeat(5000) };
      for (let count = 0; count < 450; count += 1) {
        const tweetId = String(1_790_000_000_000_000_000n + BigInt(count));
        const capture = { ...sampleCapture(clock.now(), user.userId), fields: { ...big, tweetId } };
        await tweets.create({ ...capture, id: `${user.userId}_${tweetId}` });
      }
      // biome-ignore lint/suspicious/noExplicitAny: lines of every kind
      const all: any[] = [];
      for (let parts = 1; all.at(-1)?.kind !== 'end'; parts += 1) {
        const last = all.at(-1);
        const path = `/api/account/export${last ? `?after=${last.kind},${last.id}` : ''}`;
        all.push(...linesOf((await call(exportAccount, memory.services, { headers, path })).text));
        assert.ok(parts <= 2);
      }
      assert.equal(new Set(all.filter(({ kind }) => kind === 'tweet').map(({ id }) => id)).size, 453);
    });

    it('refuses to go on after what is no line', async () => {
      for (const after of ['tweet', 'tweet,', 'tweets,1', 'tweet,a/b', 'end,1', 'tweet,__x__']) {
        memory.clock.advance(60_000);
        const path = `/api/account/export?after=${encodeURIComponent(after)}`;
        assertProblem(await call(exportAccount, memory.services, { headers, path }), 'invalid_request');
      }
    });

    it('holds no hash of the password, and nothing of others [Privacy 3]', async () => {
      const other = await signUp(memory.services, 'other@example.com');
      const { text } = await exported();
      assert.doesNotMatch(text, /\$2[aby]\$|passwordHash/);
      assert.ok(!text.includes(other.userId) && !text.includes('other@example.com'));
    });

    it('of an account that is deleted meanwhile has no end', async () => {
      const { personalData } = memory.services;
      const { read } = personalData;
      personalData.read = async function* (...args) {
        yield* read(...args);
        await remove();
      };
      await assert.rejects(call(exportAccount, memory.services, { headers }), { code: 'unauthenticated' });
    });

    it('that cannot begin is an error like any other', async () => {
      memory.services.personalData.read = () => {
        throw new AppError('unavailable', 'The database cannot be reached. Try again.');
      };
      assertProblem(await call(exportAccount, memory.services, { headers }), 'unavailable');
    });

    it('may be asked for five times a minute', async () => {
      for (let count = 0; count < 5; count += 1) await exported();
      assertProblem(await call(exportAccount, memory.services, { headers }), 'rate_limited');
    });

    it('that fails on the way has no end', async () => {
      memory.services.personalData.read = async function* () {
        yield {
          kind: 'account',
          id: user.userId,
          data: (await memory.services.accounts.findById(user.userId)) as never,
        };
        throw new Error('the database went away');
      };
      await assert.rejects(call(exportAccount, memory.services, { headers }), /went away/);
    });
  });

  describe('after the account was deleted', () => {
    it('is gone: 204, and no token or password opens anything', async () => {
      assert.equal((await remove()).status, 204);
      assert.equal(await everything(), '[]');
      assertProblem(await signIn(memory.services, EMAIL, PASSWORD), 'invalid_credentials');
      assertProblem(await refreshWith(memory.services, user.refreshToken), 'invalid_refresh_token');
      assertProblem(await call(getAccount, memory.services, { headers }), 'unauthenticated');
      const late = await call(capture, memory.services, { headers, body: sampleBody() });
      assertProblem(late, 'unauthenticated');
      await signUp(memory.services);
    });

    it('is in the audit log once, and names nobody there', async () => {
      await remove();
      const entries = [...memory.audited.values()].filter(({ event }) => event === 'account_deleted');
      assert.deepEqual(
        entries.map(({ outcome, userId, sessionId }) => [outcome, userId, sessionId]),
        [['success', null, null]],
      );
    });

    it('follows later where that takes long: 202, and nobody can sign in from then on', async () => {
      const { erase } = memory.services.personalData;
      memory.services.personalData.erase = async (...args) => {
        memory.clock.advance(ERASURE.requestBudgetMs);
        return await erase(...args);
      };
      assert.equal((await remove()).status, 202);
      assertProblem(await signIn(memory.services, EMAIL, PASSWORD), 'invalid_credentials');
      assert.notEqual(await everything(), '[]');
      memory.services.personalData.erase = erase;
      await eraseAccounts(memory.services);
      assert.equal(await everything(), '[]');
    });

    it('is gone too where a token was still believed for a moment [Privacy 6]', async () => {
      await remove();
      const late = {
        userId: user.userId,
        source: 'archive' as const,
        requestId: 'late-request',
        operationId: 'x',
      };
      const { tweets, clock, personalData } = memory.services;
      await eraseAccounts(memory.services);
      memory.clock.advance(SESSION_CACHE.ttlMs);
      const { newCapture, liveTweetFields: tweet } = await import('../../src/tweets/tweet.ts');
      await tweets.create(newCapture({ ...late, fields: tweet.parse(sampleBody()), createdAt: clock.now() }));
      memory.clock.advance(ERASURE.settledAfterMs);
      await eraseAccounts(memory.services);
      assert.equal(await everything(), '[]');
      assert.deepEqual(await personalData.listErasures(10), []);
    });

    it('leaves no record of guesses that a sign-in under way may have written', async () => {
      await remove();
      const attempts = { dayStart: 0, failures: 1, sources: {} };
      await memory.services.loginAttempts.update(EMAIL, () => ({ attempts, result: null }));
      memory.clock.advance(ERASURE.settledAfterMs);
      await eraseAccounts(memory.services);
      const found = await memory.services.loginAttempts.update(EMAIL, (stored) => ({
        attempts: null,
        result: stored,
      }));
      assert.equal(found, null);
    });

    it('does not wait for another account that cannot be erased', async () => {
      const other = await signUp(memory.services, 'other@example.com');
      const account = await memory.services.accounts.findById(other.userId);
      await memory.services.personalData.beginErasure(account as never, new Date(0));
      await remove();
      const { erase } = memory.services.personalData;
      memory.services.personalData.erase = async (userId, limit) => {
        if (userId === other.userId) throw new Error('a damaged document');
        return await erase(userId, limit);
      };
      memory.clock.advance(ERASURE.settledAfterMs);
      await eraseAccounts(memory.services);
      const left = await memory.services.personalData.listErasures(10);
      assert.deepEqual(
        left.map(({ userId }) => userId),
        [other.userId],
      );
    });

    it('a failure of the erasure is not one of the deletion', async () => {
      const { erase } = memory.services.personalData;
      memory.services.personalData.erase = () => Promise.reject(new Error('the database went away'));
      assert.equal((await remove()).status, 202);
      memory.services.personalData.erase = erase;
      memory.clock.advance(ERASURE.settledAfterMs);
      await eraseAccounts(memory.services);
      assert.equal(await everything(), '[]');
    });
  });

  it('stays where the password is wrong [ASVS 7.5.1]', async () => {
    assertProblem(await remove('Wrong-horse-1'), 'invalid_credentials');
    assert.equal((await signIn(memory.services, EMAIL, PASSWORD)).status, 200);
    assert.match(await everything(), /"tweet"/);
  });
});
