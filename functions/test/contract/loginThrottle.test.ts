import assert from 'node:assert/strict';
import { changePassword, deleteAccount, login } from '../../src/app/endpoints.ts';
import type { ServedEndpoint } from '../../src/app/functions.ts';
import { AppError } from '../../src/core/errors.ts';
import { assertProblem } from '../support/assertions.ts';
import { call } from '../support/call.ts';
import { memoryServices } from '../support/memory/services.ts';
import { EMAIL, PASSWORD, signUp } from '../support/requests.ts';

const WRONG = 'Wrong-horse-1';

describe('guessing a password', () => {
  let memory: ReturnType<typeof memoryServices>;
  let compares: number;
  beforeEach(async () => {
    memory = memoryServices();
    compares = 0;
    const { passwords } = memory.services;
    memory.services.passwords = {
      ...passwords,
      matches: (password, hash) => {
        compares += 1;
        // For nobody the compare is bcrypt's at full cost, which is not what is tested here.
        return hash === null ? Promise.resolve(false) : passwords.matches(password, hash);
      },
    };
    await signUp(memory.services);
  });
  const signIn = (ip: string, password: string, email = EMAIL) =>
    call(login, memory.services, { ip, body: { email, password } });
  /** A hundred wrong guesses, from as many addresses as that takes. */
  const attack = async () => {
    for (let count = 0; count < 100; count += 1) await signIn(`203.0.113.${Math.floor(count / 9)}`, WRONG);
  };

  it('is done after ten compares, also where 100 come at once [ASVS 6.3.1]', async () => {
    const answers = await Promise.all(Array.from({ length: 100 }, () => signIn('203.0.113.1', WRONG)));
    assert.equal(compares, 10);
    const refused = answers.filter(({ status }) => status === 429);
    assert.equal(refused.length, 90);
    for (const answer of refused) {
      assertProblem(answer, 'rate_limited');
      assert.equal(answer.headers['Retry-After'], '900');
    }
  });

  it('has to wait twice as long each time', async () => {
    for (const minutes of [15, 30, 60]) {
      for (let count = 0; count < 10; count += 1) await signIn('203.0.113.1', WRONG);
      const refused = await signIn('203.0.113.1', PASSWORD);
      assert.equal(refused.headers['Retry-After'], String(minutes * 60));
      memory.clock.advance(minutes * 60_000);
    }
    assert.equal((await signIn('203.0.113.1', PASSWORD)).status, 200);
  });

  it('from everywhere gets nothing more after 100 a day, and cannot tell', async () => {
    const usual = await signIn('203.0.113.200', WRONG);
    await attack();
    const before = compares;
    for (const password of [WRONG, PASSWORD]) {
      const answer = await signIn('203.0.113.201', password);
      assertProblem(answer, 'invalid_credentials');
      assert.equal(answer.body.detail, usual.body.detail);
      assert.deepEqual(Object.keys(answer.headers).sort(), Object.keys(usual.headers).sort());
    }
    assert.equal(compares, before);
    memory.clock.advance(24 * 60 * 60_000);
    assert.equal((await signIn('203.0.113.201', PASSWORD)).status, 200);
  });

  it('by others never locks the owner out where they have signed in before [ASVS 6.1.1]', async () => {
    await attack();
    assert.equal((await signIn('192.0.2.1', PASSWORD)).status, 200);
    assertProblem(await signIn('203.0.113.202', PASSWORD), 'invalid_credentials');
  });

  it('by strangers behind the same proxy never locks the owner out, who is told from them by their route', async () => {
    const edge = '198.51.100.1';
    const through = (client: string, password: string) =>
      call(login, memory.services, {
        ip: edge,
        route: `${client} ${edge}`,
        body: { email: EMAIL, password },
      });
    assert.equal((await through('192.0.2.1', PASSWORD)).status, 200);
    for (let count = 0; count < 10; count += 1) await through(`203.0.113.${count}`, WRONG);
    assertProblem(await through('203.0.113.99', WRONG), 'rate_limited');
    assert.equal((await through('192.0.2.1', PASSWORD)).status, 200);
    assertProblem(await through('203.0.113.99', WRONG), 'rate_limited');
  });

  it('by others does not keep the owner from changing the password where they are signed in', async () => {
    const { body } = await signIn('192.0.2.1', PASSWORD);
    await attack();
    const answer = await call(changePassword, memory.services, {
      ip: '192.0.2.200',
      headers: { Authorization: `Bearer ${body.accessToken}` },
      body: { currentPassword: PASSWORD, newPassword: 'Another-horse-2' },
    });
    assert.equal(answer.status, 204);
  });

  it('with a stolen token is done after ten compares, too, wherever a password is asked for [ASVS 6.3.4]', async () => {
    const bodies: [ServedEndpoint, (password: string) => object][] = [
      [changePassword, (password) => ({ currentPassword: password, newPassword: 'Another-horse-2' })],
      [deleteAccount, (password) => ({ password })],
    ];
    for (const [definition, bodyOf] of bodies) {
      const { accessToken } = (await signIn('192.0.2.1', PASSWORD)).body;
      const headers = { Authorization: `Bearer ${accessToken}` };
      const guess = (password: string) =>
        call(definition, memory.services, { headers, body: bodyOf(password) });
      compares = 0;
      const answers = await Promise.all(Array.from({ length: 100 }, () => guess(WRONG)));
      assert.equal(compares, 10);
      assert.equal(answers.filter(({ status }) => status === 429).length, 90);
      assertProblem(await guess(PASSWORD), 'rate_limited');
    }
  });

  it('is in the audit log once more where it begins a pause', async () => {
    for (let count = 0; count < 12; count += 1) await signIn('203.0.113.1', WRONG);
    const hits = [...memory.audited.values()].filter(({ event }) => event === 'limit_hit');
    assert.deepEqual(
      hits.map(({ reason }) => reason),
      ['wrong_passwords'],
    );
  });

  it('leaves no address behind that can be read', async () => {
    await signIn('203.0.113.1', WRONG);
    await signIn('192.0.2.1', PASSWORD);
    const stored = await memory.services.loginAttempts.update(EMAIL, (found) => ({
      attempts: null,
      result: found,
    }));
    assert.equal(Object.keys(stored?.sources ?? {}).length, 2);
    assert.doesNotMatch(JSON.stringify(stored), /203\.0|192\.0/);
  });

  it('costs the owner nothing once the right one is found', async () => {
    for (let round = 0; round < 5; round += 1) {
      for (let count = 0; count < 9; count += 1) await signIn('192.0.2.1', WRONG);
      assert.equal((await signIn('192.0.2.1', PASSWORD)).status, 200);
    }
  });

  it('of an address without an account is met alike', async () => {
    for (let count = 0; count < 10; count += 1) {
      assertProblem(await signIn('203.0.113.1', WRONG, 'nobody@example.com'), 'invalid_credentials');
    }
    assertProblem(await signIn('203.0.113.1', WRONG, 'nobody@example.com'), 'rate_limited');
  });

  it('does not begin where guesses cannot be counted [ASVS 16.5.3]', async () => {
    memory.services.loginAttempts.update = async () => {
      throw new AppError('unavailable', 'The database cannot be reached. Try again.');
    };
    assertProblem(await signIn('192.0.2.1', PASSWORD), 'unavailable');
    assert.equal(compares, 0);
  });
});
