import assert from 'node:assert/strict';
import { checkPassword, trustOrigin } from '../../../src/accounts/checkPassword.ts';
import type { Passwords } from '../../../src/accounts/ports.ts';
import type { Services } from '../../../src/app/services.ts';
import { createAudit } from '../../../src/audit/audit.ts';
import { AppError } from '../../../src/core/errors.ts';
import { networkOf } from '../../../src/core/ip.ts';
import { memoryServices } from '../../support/memory/services.ts';
import { sampleAccount } from '../../support/samples.ts';

const EMAIL = 'user@example.com';
const [RIGHT, WRONG] = ['right', 'wrong'];
const [HOME, ELSEWHERE] = ['192.0.2.1', '198.51.100.1'];

/** An account whose password is RIGHT, with the number of times that a password was compared. */
function setUp(different: Partial<Services> = {}) {
  const memory = memoryServices();
  let compared = 0;
  const passwords: Passwords = {
    hash: async (password) => password,
    async matches(password, hash) {
      compared += 1;
      await new Promise(setImmediate);
      return password === hash;
    },
  };
  const services = { ...memory.services, passwords, ...different };
  const account = { ...sampleAccount(EMAIL, memory.clock.now()), passwordHash: RIGHT };
  const check = (password: string, ip = HOME, email = EMAIL) => {
    const audit = createAudit(services, { requestId: 'request-1', ip, userAgent: '', log: services.log });
    const about = { event: 'login', email, account: email === EMAIL ? account : null } as const;
    const origin = { ip, route: networkOf(ip) };
    return checkPassword(services, { ...about, password, origin, caller: null, audit });
  };
  const attack = async (failures: number) => {
    for (let guess = 0; guess < failures; guess += 1) await check(WRONG, `203.0.113.${guess % 20}`);
    compared = 0;
  };
  const outcomes = async (times: number, one: (index: number) => Promise<boolean>) => {
    const results = await Promise.allSettled(Array.from({ length: times }, (_, index) => one(index)));
    return results.map((result) => (result.status === 'fulfilled' ? result.value : result.reason.code));
  };
  return { ...memory, account, check, attack, outcomes, compared: () => compared };
}

const numberOf = (outcomes: unknown[], wanted: unknown) => outcomes.filter((one) => one === wanted).length;

describe('a password', () => {
  it('is compared ten times, however many wrong ones come at once', async () => {
    const { check, outcomes, compared } = setUp();
    const answers = await outcomes(100, () => check(WRONG));
    assert.equal(compared(), 10);
    assert.equal(numberOf(answers, false), 10);
    assert.equal(numberOf(answers, 'rate_limited'), 90);
  });

  it('that was not looked at, since too many are, is no guess', async () => {
    const busy: Passwords = {
      hash: async () => assert.fail(),
      matches: async () => {
        throw new AppError('unavailable', 'The service is busy.');
      },
    };
    const { check } = setUp({ passwords: busy });
    // An eleventh wrong one would be refused as such.
    for (let guess = 0; guess < 15; guess += 1) await assert.rejects(check(RIGHT), { code: 'unavailable' });
  });

  it('is not even looked at over the budget, and the caller is told when to come back', async () => {
    const { check, compared, clock } = setUp();
    for (let guess = 0; guess < 10; guess += 1) await check(WRONG);
    clock.advance(500);
    await assert.rejects(check(RIGHT), (error) => {
      assert.ok(error instanceof AppError);
      assert.deepEqual([error.code, error.retryAfterSeconds], ['rate_limited', 900]);
      assert.match(error.message, /900 s/);
      return true;
    });
    assert.equal(compared(), 10);
    clock.advance(15 * 60_000 - 501);
    await assert.rejects(check(RIGHT), { code: 'rate_limited', retryAfterSeconds: 1 });
    clock.advance(1);
    assert.equal(await check(RIGHT), true);
  });

  it('may be right as often as the owner likes', async () => {
    const { check } = setUp();
    for (let time = 0; time < 150; time += 1) assert.equal(await check(RIGHT), true);
    for (let time = 0; time < 9; time += 1) await check(WRONG);
    assert.equal(await check(RIGHT), true);
    for (let time = 0; time < 10; time += 1) assert.equal(await check(WRONG), false);
    assert.equal(await check(RIGHT, ELSEWHERE), true, 'and costs nothing elsewhere');
  });

  it('is wrong for a stranger while the address is under attack, but not where it was right before', async () => {
    const { check, attack, compared } = setUp();
    await check(RIGHT);
    await attack(100);
    assert.equal(await check(RIGHT, ELSEWHERE), false);
    assert.equal(compared(), 0, 'without a look at it');
    assert.equal(await check(RIGHT), true);
    assert.equal(compared(), 1);
  });

  it('is right where the owner has registered, whoever attacks', async () => {
    const { check, attack, services } = setUp();
    await attack(100);
    await trustOrigin(EMAIL, { ip: HOME, route: HOME }, services);
    assert.equal(await check(RIGHT), true);
    assert.equal(await check(RIGHT, ELSEWHERE), false);
  });

  it('is counted alike for an address that has no account', async () => {
    const { check, outcomes, compared, audited } = setUp();
    const answers = await outcomes(100, () => check(RIGHT, HOME, 'nobody@example.com'));
    assert.deepEqual([numberOf(answers, false), numberOf(answers, 'rate_limited')], [10, 90]);
    assert.equal(compared(), 10);
    assert.ok([...audited.values()].every(({ userId }) => userId === null));
    assert.equal(await check(RIGHT), true, 'another address has a budget of its own');
  });

  it('has one budget for all addresses of a /64', async () => {
    const { check, outcomes, attack } = setUp();
    const answers = await outcomes(30, (index) => check(WRONG, `2001:db8:0:7:${index.toString(16)}::1`));
    assert.equal(numberOf(answers, false), 10);
    assert.equal(await check(RIGHT, '2001:db8:0:8::1'), true);
    await attack(90);
    assert.equal(await check(RIGHT, '2001:db8:0:8:ffff::'), true, 'and is known as a whole');
  });

  it('is not compared where attempts cannot be counted', async () => {
    const loginAttempts = {
      update: async () => {
        throw new AppError('unavailable', 'The database is down.');
      },
    };
    const { check, compared, lines } = setUp({ loginAttempts });
    await assert.rejects(check(RIGHT), { code: 'unavailable' });
    assert.deepEqual([compared(), lines], [0, []]);
  });

  it('leaves a word in the audit log each time that it is not right', async () => {
    const { check, attack, lines, audited, account } = setUp();
    const last = () => {
      const { event, fields } = lines.at(-1) ?? {};
      return [event, fields?.event, fields?.outcome, fields?.userId, fields?.reason];
    };
    const failed = (reason: string) => ['audit', 'login', 'failure', account.userId, reason];
    await check(RIGHT);
    assert.deepEqual([lines.length, audited.size], [0, 0], 'who signs in is for the caller to record');
    await attack(90);
    assert.deepEqual([last(), audited.size], [failed('wrong_password'), 90]);
    for (let guess = 0; guess < 10; guess += 1) await check(WRONG);
    assert.equal(audited.size, 101, 'and once that a pause begins');
    await assert.rejects(check(RIGHT), { code: 'rate_limited' });
    assert.deepEqual(last(), failed('too_many_failures'));
    await check(RIGHT, ELSEWHERE);
    assert.deepEqual(last(), failed('under_attack'));
    assert.equal(audited.size, 101, 'what was refused costs no document');
  });
});
