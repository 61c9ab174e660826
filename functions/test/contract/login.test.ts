import assert from 'node:assert/strict';
import { verifyAccessToken } from '../../src/accounts/accessToken.ts';
import { readRefreshToken } from '../../src/accounts/refreshToken.ts';
import { changePassword, login } from '../../src/app/endpoints.ts';
import { assertProblem, assertSuccess } from '../support/assertions.ts';
import { call } from '../support/call.ts';
import { memoryServices } from '../support/memory/services.ts';
import { EMAIL, PASSWORD, refreshWith, signIn, signUp } from '../support/requests.ts';
import { sampleAccount, sampleSession } from '../support/samples.ts';

describe('signing in', () => {
  let { services, clock, lines }: ReturnType<typeof memoryServices> = memoryServices();
  let userId: string;
  beforeEach(async () => {
    ({ services, clock, lines } = memoryServices());
    ({ userId } = await signUp(services));
  });

  it('answers 200 with the account and the tokens of a new session', async () => {
    const first = await signIn(services, EMAIL, PASSWORD);
    const second = await signIn(services, EMAIL, PASSWORD);
    const sessions = [first, second].map((answer) => {
      assertSuccess(login, answer);
      const { accessToken, refreshToken, ...rest } = answer.body;
      assert.deepEqual(rest, { userId, email: EMAIL, expiresIn: 3600, tokenType: 'Bearer' });
      return readRefreshToken(services.keys(), refreshToken);
    });
    assert.notEqual(sessions[0]?.sessionId, sessions[1]?.sessionId);
    const caller = await verifyAccessToken(services.keys(), first.body.accessToken, clock.now());
    assert.deepEqual(caller, { userId, sessionId: sessions[0]?.sessionId });
  });

  describe('to an account that has as many live sessions as it may have', () => {
    beforeEach(() => {
      services.config = { ...services.config, MAX_SESSIONS: 2 };
    });
    const next = async () => {
      clock.advance(1000);
      return (await signIn(services, EMAIL, PASSWORD)).body.refreshToken;
    };
    const statuses = async (tokens: string[]) =>
      await Promise.all(tokens.map(async (token) => (await refreshWith(services, token)).status));

    it('ends the oldest', async () => {
      const tokens = [await next(), await next(), await next()];
      assert.deepEqual(await statuses(tokens), [401, 200, 200]);
    });

    it('works although they cannot be ended at the moment, which the log says; the next one ends them', async () => {
      const tokens = [await next(), await next()];
      const { endOldest } = services.sessions;
      services.sessions.endOldest = () => Promise.reject(new Error('down'));
      tokens.push(await next());
      assert.ok(
        lines.some(({ severity, event }) => severity === 'WARNING' && event === 'old_sessions_not_ended'),
      );
      assert.deepEqual(await statuses(tokens), [200, 200, 200]);
      services.sessions.endOldest = endOldest;
      tokens.push(await next());
      assert.deepEqual(await statuses(tokens), [401, 401, 200, 200]);
    });
  });

  it('works with the address in whatever letters and with spaces around it', async () => {
    for (const email of ['USER@EXAMPLE.COM', ' User@Example.com ']) {
      assert.equal((await signIn(services, email, PASSWORD)).body.userId, userId);
    }
  });

  it('works with an internationalised domain in either spelling', async () => {
    const account = await signUp(services, 'User@Bücher.example');
    assert.equal(account.email, 'user@xn--bcher-kva.example');
    for (const email of ['user@bücher.example', 'USER@XN--BCHER-KVA.EXAMPLE']) {
      assert.equal((await signIn(services, email, PASSWORD)).body.userId, account.userId);
    }
  });

  it('works with the password composed or decomposed, also where an older account has its hash as it was sent', async () => {
    const composed = 'Correct-h\u00f6rse-1';
    const decomposed = composed.normalize('NFD');
    await signUp(services, 'new@example.com', decomposed);
    for (const password of [composed, decomposed]) {
      assert.equal((await signIn(services, 'new@example.com', password)).status, 200);
    }
    const passwordHash = await services.passwords.hash(decomposed);
    const account = { ...sampleAccount('old@example.com', clock.now()), passwordHash };
    await services.accounts.createUnlessTaken(account, null);
    assert.equal((await signIn(services, 'old@example.com', decomposed)).status, 200);
  });

  it('does not work with the password in other letters or with spaces around it [ASVS 6.2.8]', async () => {
    for (const password of [PASSWORD.toLowerCase(), PASSWORD.toUpperCase(), `${PASSWORD} `, ` ${PASSWORD}`]) {
      assertProblem(await signIn(services, EMAIL, password), 'invalid_credentials');
    }
  });

  it('tells an unknown address and a wrong password by the same bytes, but for the request id', async () => {
    const answers = [
      await signIn(services, EMAIL, 'Wrong-horse-1'),
      await signIn(services, 'nobody@example.com', PASSWORD),
      await signIn(services, 'nobody@example.com', 'Wrong-horse-1'),
    ];
    const [wrong, ...unknown] = answers.map((answer) => {
      assertProblem(answer, 'invalid_credentials');
      const { 'X-Request-Id': id = '', RateLimit: _, ...headers } = answer.headers;
      return { headers: Object.entries(headers), text: answer.text.replace(id, 'ID') };
    });
    for (const answer of unknown) assert.deepEqual(answer, wrong);
  });

  it('does the same work for both: one look into the store and one compare of a password', async () => {
    const done: string[] = [];
    const { accounts, passwords } = services;
    services.accounts = {
      ...accounts,
      findByEmail: (email) => {
        done.push('find');
        return accounts.findByEmail(email);
      },
    };
    services.passwords = {
      ...passwords,
      matches: async (password) => {
        done.push(`match ${password}`);
        return false;
      },
    };
    for (const email of [EMAIL, 'nobody@example.com']) {
      done.length = 0;
      assertProblem(await signIn(services, email, 'Wrong-horse-1'), 'invalid_credentials');
      assert.deepEqual(done, ['find', 'match Wrong-horse-1']);
    }
  });

  it('to a disabled account is 403 with the right password, and tells nothing to any other', async () => {
    const account = {
      ...sampleAccount('disabled@example.com', clock.now()),
      passwordHash: await services.passwords.hash(PASSWORD),
      isActive: false,
    };
    await services.accounts.createUnlessTaken(account, sampleSession(account.userId, clock.now()));
    assertProblem(await signIn(services, 'disabled@example.com', PASSWORD), 'account_disabled');
    const wrong = await signIn(services, 'disabled@example.com', 'Wrong-horse-1');
    assertProblem(wrong, 'invalid_credentials');
  });

  it('refuses a password that bcrypt would read a part of only', async () => {
    for (const password of [`${PASSWORD}\0`, `${PASSWORD}\0more`, PASSWORD.padEnd(73, 'x'), '', '\ud800']) {
      const answer = await signIn(services, EMAIL, password);
      assertProblem(answer, 'invalid_request');
      assert.deepEqual(answer.body.errors[0].path, 'password');
    }
  });

  it('asks for a password that there may be, not for one by the rules of registering', async () => {
    assertProblem(await signIn(services, EMAIL, 'x'), 'invalid_credentials');
  });

  it('takes strings only, so that nothing can be a query [ASVS 1.2.4, 15.3.5]', async () => {
    const queries = [{ $ne: null }, { $gt: '' }, ['user@example.com'], true, 1, null];
    for (const value of queries) {
      for (const body of [
        { email: value, password: PASSWORD },
        { email: EMAIL, password: value },
      ]) {
        assertProblem(await call(login, services, { body }), 'invalid_request');
      }
    }
  });

  it('starts no session when the password is changed while it is compared', async () => {
    const { services } = memoryServices();
    const { userId, accessToken } = await signUp(services);
    const { matches } = services.passwords;
    services.passwords.matches = async (...args) => {
      const answer = await matches(...args);
      services.passwords.matches = matches;
      const headers = { Authorization: `Bearer ${accessToken}` };
      const body = { currentPassword: PASSWORD, newPassword: 'Another-horse-2' };
      assert.equal((await call(changePassword, services, { headers, body })).status, 204);
      return answer;
    };
    assertProblem(await signIn(services, EMAIL, PASSWORD), 'invalid_credentials');
    assert.equal((await services.sessions.listLive(userId, services.clock.now())).length, 1);
  });
});
