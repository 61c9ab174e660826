import assert from 'node:assert/strict';
import { checkPassword, trustOrigin } from '../../../src/accounts/checkPassword.ts';
import { createAudit } from '../../../src/audit/audit.ts';
import { memoryServices } from '../../support/memory/services.ts';
import { sampleAccount } from '../../support/samples.ts';

const EMAIL = 'user@example.com';
const [RIGHT, WRONG] = ['right', 'wrong'];
const HOME = { ip: '192.0.2.1', route: 'unknown 192.0.2.1' };
const STRANGER = { ip: '198.51.100.1', route: 'unknown 198.51.100.1' };

/** An account whose password is RIGHT, and who asks for it: somebody on a session, or nobody yet. */
function setUp() {
  const { services, audited, clock } = memoryServices();
  services.passwords = {
    hash: async (password) => password,
    matches: async (password, hash) => password === hash,
  };
  const account = { ...sampleAccount(EMAIL, clock.now()), passwordHash: RIGHT };
  const check = (password: string, sessionId: string | null, origin = HOME, email = EMAIL) => {
    const from = { requestId: 'request-1', ip: origin.ip, userAgent: '', log: services.log };
    return checkPassword(services, {
      event: 'password_changed',
      email,
      account,
      password,
      origin,
      caller: sessionId === null ? null : { userId: account.userId, sessionId },
      audit: createAudit(services, from),
    });
  };
  const spend = async (sessionId: string | null, origin = HOME) => {
    for (let guess = 0; guess < 10; guess += 1) await check(WRONG, sessionId, origin);
  };
  const names = (email: string) =>
    services.loginAttempts.update(email, (stored) => ({
      attempts: null,
      result: Object.keys(stored?.sources ?? {}),
    }));
  return { services, audited, account, check, spend, names };
}

describe('the password of somebody who is signed in', () => {
  it('has a budget for each session, wherever it calls from', async () => {
    const { check, spend } = setUp();
    await spend('one');
    await assert.rejects(check(RIGHT, 'one', STRANGER), { code: 'rate_limited' });
    assert.equal(await check(RIGHT, 'two'), true);
    assert.equal(await check(RIGHT, null), true);
  });

  it('has a budget that nobody else can spend', async () => {
    const { check, spend } = setUp();
    for (let last = 1; last <= 10; last += 1) {
      await spend(null, { ip: `203.0.113.${last}`, route: `unknown 203.0.113.${last}` });
    }
    assert.equal(await check(RIGHT, null), false, 'the address is under attack');
    assert.equal(await check(RIGHT, 'one'), true);
  });

  it('makes no route a known one: who has the session may be anywhere', async () => {
    const { check, spend } = setUp();
    assert.equal(await check(RIGHT, 'one', STRANGER), true);
    for (let last = 1; last <= 10; last += 1) {
      await spend(null, { ip: `203.0.113.${last}`, route: `unknown 203.0.113.${last}` });
    }
    assert.equal(await check(RIGHT, null, STRANGER), false);
  });

  it('is given back its attempt, and may be right as often as they like', async () => {
    const { check } = setUp();
    for (let round = 0; round < 30; round += 1) assert.equal(await check(RIGHT, 'one'), true);
    for (let guess = 0; guess < 9; guess += 1) await check(WRONG, 'one');
    assert.equal(await check(RIGHT, 'one'), true);
    assert.equal(await check(WRONG, 'one'), false);
    await assert.rejects(check(RIGHT, 'one'), { code: 'rate_limited' });
  });

  it('is in the audit log with the session, when it is wrong', async () => {
    const { spend, audited, account } = setUp();
    await spend('one');
    const entries = [...audited.values()];
    assert.deepEqual(
      entries.map(({ event, reason }) => `${event} ${reason}`),
      [...Array(10).fill('password_changed wrong_password'), 'limit_hit wrong_passwords'],
    );
    for (const { userId, sessionId } of entries) {
      assert.deepEqual([userId, sessionId], [account.userId, 'one']);
    }
  });
});

describe('the names that guesses are counted by', () => {
  it('show nobody that two e-mail addresses were tried from one place', async () => {
    const { check, names, services } = setUp();
    const other = 'other@example.com';
    for (const email of [EMAIL, other]) {
      await check(WRONG, null, HOME, email);
      await trustOrigin(email, HOME, services);
    }
    const [mine, theirs] = [await names(EMAIL), await names(other)];
    assert.deepEqual([mine.length, theirs.length], [2, 2]);
    assert.deepEqual(
      mine.filter((name) => theirs.includes(name)),
      [],
    );
    assert.doesNotMatch([...mine, ...theirs].join(), /192|unknown|@/);
  });

  it('stay the same for as long as the key does', async () => {
    const { check, names } = setUp();
    await check(WRONG, null);
    await check(WRONG, null);
    assert.equal((await names(EMAIL)).length, 1);
  });
});
