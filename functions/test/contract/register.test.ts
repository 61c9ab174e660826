import assert from 'node:assert/strict';
import bcrypt from 'bcryptjs';
import { verifyAccessToken } from '../../src/accounts/accessToken.ts';
import { readRefreshToken } from '../../src/accounts/refreshToken.ts';
import { register } from '../../src/app/endpoints.ts';
import { assertProblem, assertSuccess } from '../support/assertions.ts';
import { call } from '../support/call.ts';
import { memoryServices } from '../support/memory/services.ts';
import { EMAIL, PASSWORD, signIn, signUp } from '../support/requests.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe('registering', () => {
  let { services }: ReturnType<typeof memoryServices> = memoryServices();
  beforeEach(() => {
    ({ services } = memoryServices());
  });
  const send = (email: unknown, password: unknown = PASSWORD) =>
    call(register, services, { body: { email, password } });

  it('answers 201 with the account and its first tokens', async () => {
    const answer = await send('user@example.com');
    assertSuccess(register, answer);
    assert.equal(answer.status, 201);
    const { userId, accessToken, refreshToken, ...rest } = answer.body;
    assert.deepEqual(rest, { email: 'user@example.com', expiresIn: 3600, tokenType: 'Bearer' });
    assert.match(userId, UUID);
    const caller = await verifyAccessToken(services.keys(), accessToken, services.clock.now());
    const { sessionId, generation } = readRefreshToken(services.keys(), refreshToken) ?? {};
    assert.deepEqual(caller, { userId, sessionId });
    assert.equal(generation, 1);
  });

  it('makes access tokens as long as they are configured to be', async () => {
    ({ services } = memoryServices({ ACCESS_TOKEN_EXPIRE_MINUTES: '5' }));
    assert.equal((await send('user@example.com')).body.expiresIn, 300);
  });

  it('makes an active user of it, and stores a hash in place of the password', async () => {
    const { userId } = await signUp(services, 'user@example.com');
    const { passwordHash, ...account } = (await services.accounts.findByEmail('user@example.com')) ?? {};
    const now = services.clock.now();
    assert.deepEqual(account, {
      userId,
      email: 'user@example.com',
      isActive: true,
      role: 'user',
      createdAt: now,
      updatedAt: now,
    });
    assert.ok(await bcrypt.compare(PASSWORD, passwordHash ?? ''));
  });

  it('takes nothing else of the body into the account [ASVS 15.3.3]', async () => {
    const more = { role: 'admin', isActive: false, userId: crypto.randomUUID(), createdAt: 0 };
    const answer = await call(register, services, {
      body: { email: 'user@example.com', password: PASSWORD, ...more },
    });
    const account = await services.accounts.findByEmail('user@example.com');
    assert.deepEqual([account?.role, account?.isActive], ['user', true]);
    assert.notEqual(answer.body.userId, more.userId);
  });

  it('normalises the address, answers the normalised one, and knows it in whatever spelling', async () => {
    const answer = await send('  User@Example.COM ');
    assert.equal(answer.body.email, 'user@example.com');
    for (const spelling of ['user@example.com', 'USER@EXAMPLE.COM', ' User@example.com']) {
      assertProblem(await send(spelling), 'email_taken');
      assert.equal((await signIn(services, spelling, PASSWORD)).body.userId, answer.body.userId);
    }
  });

  it('is 409 for an address that is taken, whatever the password', async () => {
    await send('user@example.com');
    assertProblem(await send('user@example.com', 'Another-horse-2'), 'email_taken');
    assert.equal((await signIn(services, 'user@example.com', PASSWORD)).status, 200);
  });

  it('lets exactly one of many parallel registrations of an address through', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => send(index % 2 ? 'user@example.com' : 'USER@example.com')),
    );
    const statuses = answers.map(({ status }) => status).sort();
    assert.deepEqual(statuses, [201, ...Array(19).fill(409)]);
  });

  it('names each field that is wrong, and repeats no password [ASVS 2.2.1]', async () => {
    const cases: [unknown, unknown, string[]][] = [
      ['no address', PASSWORD, ['email']],
      ['user@example.com', 'S3cret', ['password']],
      ['user@example.com', 's3cret-without-upper', ['password']],
      ['user@example.com', `S3cret${'x'.repeat(67)}`, ['password']],
      ['user@example.com', 'S3cret-with-\0-NUL', ['password']],
      ['user@example.com', ['S3cret-horse'], ['password']],
      [{ address: 'user@example.com' }, { text: 'S3cret-horse' }, ['email', 'password']],
      [undefined, undefined, ['email', 'password']],
      [null, null, ['email', 'password']],
    ];
    for (const [email, password, paths] of cases) {
      const answer = await call(register, services, { body: { email, password } });
      assertProblem(answer, 'invalid_request');
      assert.deepEqual(
        answer.body.errors.map(({ path }: { path: string }) => path),
        paths,
      );
      assert.ok(!/s3cret/i.test(answer.text));
    }
    assert.equal(await services.accounts.findByEmail('user@example.com'), null);
  });

  it('refuses a common password, and says why', async () => {
    const answer = await send('user@example.com', 'Qwerty123');
    assertProblem(answer, 'invalid_request');
    assert.deepEqual(answer.body.errors, [
      { path: 'password', message: 'is one of the most common passwords. Choose another one' },
    ]);
    assert.equal(await services.accounts.findByEmail('user@example.com'), null);
  });

  it('takes the longest password that bcrypt can, and tells it from every shorter one', async () => {
    const longest = `Aa1${'é'.repeat(34)}x`;
    assert.equal(Buffer.byteLength(longest), 72);
    assert.equal((await send('user@example.com', longest)).status, 201);
    assert.equal((await signIn(services, 'user@example.com', longest)).status, 200);
    assert.equal((await signIn(services, 'user@example.com', longest.slice(0, -1))).status, 401);
  });

  it('never writes a password or a token into the log', async () => {
    const { services, lines } = memoryServices();
    const { accessToken, refreshToken } = await signUp(services);
    await signIn(services, 'user@example.com', 'Wrong-horse-1');
    const text = JSON.stringify(lines);
    assert.ok(lines.length >= 2);
    for (const secret of [PASSWORD, 'Wrong-horse-1', accessToken, refreshToken]) {
      assert.ok(!text.includes(secret));
    }
  });

  describe('where not everyone may', () => {
    const answer = async (environment: Record<string, string>, email = EMAIL) =>
      await call(register, memoryServices(environment).services, { body: { email, password: PASSWORD } });

    it('is 403 while registration is closed, for whoever it is', async () => {
      assertProblem(await answer({ REGISTRATION: 'closed' }), 'forbidden');
      assertProblem(await answer({ REGISTRATION: 'closed', ALLOWED_EMAILS: EMAIL }), 'forbidden');
    });

    it('is for the addresses on the list, however they are written, and for no other', async () => {
      const environment = { ALLOWED_EMAILS: `other@example.com, ${EMAIL.toUpperCase()}` };
      assert.equal((await answer(environment)).status, 201);
      assertProblem(await answer(environment, 'stranger@example.com'), 'forbidden');
    });
  });
});
