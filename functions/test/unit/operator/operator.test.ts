import assert from 'node:assert/strict';
import type { Services } from '../../../src/app/services.ts';
import type { AuditEntry } from '../../../src/audit/audit.ts';
import { AppError } from '../../../src/core/errors.ts';
import { createOperator, OperatorError } from '../../../tools/operator/operator.ts';
import { memoryServices } from '../../support/memory/services.ts';
import { EMAIL, PASSWORD, refreshWith, signIn, signUp } from '../../support/requests.ts';

describe('the operator', () => {
  let memory: ReturnType<typeof memoryServices>;
  let operator: ReturnType<typeof createOperator>;
  beforeEach(() => {
    // Nothing that holds for callers of the API holds the operator up.
    memory = memoryServices({ REGISTRATION: 'closed', ALLOWED_EMAILS: 'other@example.com' });
    operator = operatorOf(memory.services);
  });

  const operatorOf = (services: Services) => createOperator(services, services.log, 50);
  const typing = (password: string) => async () => password;
  const entries = () => [...memory.audited.values()];
  const lastEntry = () => entries().at(-1) as AuditEntry;
  const refuses = (work: Promise<string>, message: string) =>
    assert.rejects(work, (error) => {
      assert.ok(error instanceof OperatorError);
      assert.equal(error.message, message);
      return true;
    });
  const status = async () => (await signIn(memory.services, EMAIL, PASSWORD)).status;

  describe('creates an account', () => {
    it('that can sign in, is a user and has no session yet', async () => {
      const { accounts, sessions, clock } = memory.services;
      const said = await operator.createUser(' User@Example.com', typing(PASSWORD));
      assert.equal(said, `${EMAIL} has an account now.`);
      const account = await accounts.findByEmail(EMAIL);
      assert.ok(account);
      assert.deepEqual([account.role, account.isActive, account.createdAt], ['user', true, clock.now()]);
      assert.deepEqual(await sessions.listLive(account.userId, clock.now()), []);
      assert.equal(await status(), 200);
    });

    it('and is refused in a sentence for each rule that the password breaks', async () => {
      const sentences = (...rules: string[]) => rules.map((rule) => `The password ${rule}.`).join('\n');
      const cases: [string, ...string[]][] = [
        ['ab1', 'must be at least 8 characters', 'must contain an upper-case letter (A–Z)'],
        ['Correct-horse', 'must contain a digit (0–9)'],
        ['Password1', 'is one of the most common passwords. Choose another one'],
      ];
      for (const [password, ...rules] of cases) {
        await refuses(operator.createUser(EMAIL, typing(password)), sentences(...rules));
      }
      assert.equal(await memory.services.accounts.findByEmail(EMAIL), null);
      assert.deepEqual(entries(), []);
    });

    it('and is told that an address is none, or taken, before the password is asked for', async () => {
      const neverAsked = async () => assert.fail('asked for the password');
      await refuses(operator.createUser('nonsense', neverAsked), '"nonsense" must be an e-mail address.');
      await operator.createUser(EMAIL, typing(PASSWORD));
      await refuses(operator.createUser(EMAIL, neverAsked), `There is an account ${EMAIL} already.`);
    });

    it('and is told so where somebody took the address meanwhile', async () => {
      const overtaken = async () => {
        await operator.createUser(EMAIL, typing(PASSWORD));
        return 'Another-horse-2';
      };
      await refuses(operator.createUser(EMAIL, overtaken), `There is an account ${EMAIL} already.`);
      assert.equal(await status(), 200);
      assert.deepEqual(
        entries().map(({ event }) => event),
        ['account_created', 'login'],
      );
    });
  });

  describe('of an account that is signed in', () => {
    let open: Awaited<ReturnType<typeof signUp>>;
    beforeEach(async () => {
      memory = memoryServices();
      operator = operatorOf(memory.services);
      open = await signUp(memory.services);
    });
    const refreshed = async () => (await refreshWith(memory.services, open.refreshToken)).status;

    it('disables it and ends its sessions, which stay dead when it is enabled again', async () => {
      assert.equal(await operator.disable(EMAIL), `${EMAIL} is disabled now, and signed out everywhere.`);
      assert.deepEqual([await status(), await refreshed()], [403, 401]);
      assert.equal(await operator.enable(EMAIL), `${EMAIL} is enabled now, and can sign in again.`);
      assert.deepEqual([await status(), await refreshed()], [200, 401]);
    });

    it('makes it an admin, and leaves it signed in', async () => {
      assert.equal(await operator.grantAdmin(EMAIL), `${EMAIL} is an admin now.`);
      assert.equal((await memory.services.accounts.findByEmail(EMAIL))?.role, 'admin');
      assert.equal(await refreshed(), 200);
    });

    it('says where it is as wanted already', async () => {
      assert.equal(await operator.enable(EMAIL), `${EMAIL} is enabled already.`);
      await operator.disable(EMAIL);
      assert.equal(await operator.disable(EMAIL), `${EMAIL} is disabled already.`);
      await operator.grantAdmin(EMAIL);
      assert.equal(await operator.grantAdmin(EMAIL), `${EMAIL} is an admin already.`);
    });
  });

  it('pauses and resumes, and sees what is paused', async () => {
    const { services, clock } = memory;
    const at = clock.now().toISOString();
    const NOW = 'now. Every instance follows within a minute.';
    assert.equal(await operator.pause('captures'), `Captures: paused ${NOW}`);
    assert.equal(await operator.pause('captures'), 'Captures: paused already.');
    const status = [`Captures: paused since ${at}`, 'Publishing: not paused', 'Registration: not paused'];
    assert.equal(await operator.status(), status.map((line) => `${line}.`).join('\n'));
    assert.equal(await operator.resume('captures'), `Captures: not paused ${NOW}`);
    assert.equal(await operator.resume('captures'), 'Captures: not paused already.');
    assert.equal((await services.brakeStore.read()).captures, null);
    assert.deepEqual(
      entries().map(({ event, reason, userId }) => [event, reason, userId]),
      [
        ['paused', 'captures', null],
        ['paused', 'captures, unchanged', null],
        ['resumed', 'captures', null],
        ['resumed', 'captures, unchanged', null],
      ],
    );
    await refuses(
      operator.pause('everything'),
      '"everything" must be one of captures, publishing, registration.',
    );
  });

  it('is told where there is no such account', async () => {
    for (const verb of ['grantAdmin', 'disable', 'enable'] as const) {
      await refuses(operator[verb]('Nobody@example.com'), 'There is no account nobody@example.com.');
      await refuses(operator[verb]('nobody'), '"nobody" must be an e-mail address.');
    }
    assert.deepEqual(entries(), []);
  });

  it('is told where the account goes away meanwhile', async () => {
    await operator.createUser(EMAIL, typing(PASSWORD));
    const { accounts } = memory.services;
    accounts.setRole = async () => 'unknown';
    await refuses(operator.grantAdmin(EMAIL), `There is no account ${EMAIL}.`);
  });

  it('leaves an entry in the audit log for everything that was done, also again', async () => {
    await operator.createUser(EMAIL, typing(PASSWORD));
    await operator.grantAdmin(EMAIL);
    await operator.disable(EMAIL);
    await operator.enable(EMAIL);
    await operator.enable(EMAIL);
    assert.deepEqual(
      entries().map(({ event, outcome, reason }) => [event, outcome, reason]),
      [
        ['account_created', 'success', null],
        ['admin_granted', 'success', null],
        ['account_disabled', 'success', null],
        ['account_enabled', 'success', null],
        ['account_enabled', 'success', 'unchanged'],
      ],
    );
    const { ip, userAgent, userId, requestId } = lastEntry();
    const account = await memory.services.accounts.findByEmail(EMAIL);
    assert.deepEqual([ip, userAgent, userId], ['unknown', 'operator', account?.userId]);
    assert.match(requestId, /^[0-9a-f-]{36}$/);
  });

  it('does not wait for a database that says nothing', async () => {
    memory.services.accounts.findByEmail = () => new Promise(() => {});
    for (const work of [operator.enable(EMAIL), operator.createUser(EMAIL, typing(PASSWORD))]) {
      await assert.rejects(work, (error) => error instanceof AppError && error.code === 'unavailable');
    }
  });

  it('may take any time to type the password', async () => {
    const slowly = async () => {
      await new Promise((resolve) => setTimeout(resolve, 100));
      return PASSWORD;
    };
    assert.equal(await operator.createUser(EMAIL, slowly), `${EMAIL} has an account now.`);
  });
});
