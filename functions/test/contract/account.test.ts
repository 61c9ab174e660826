import assert from 'node:assert/strict';
import { endSession, getAccount } from '../../src/app/endpoints.ts';
import { assertProblem, assertSuccess } from '../support/assertions.ts';
import { call } from '../support/call.ts';
import { memoryServices } from '../support/memory/services.ts';
import { PASSWORD, refreshWith, signIn, signUp } from '../support/requests.ts';

describe('the account of the caller', () => {
  let { services, clock }: ReturnType<typeof memoryServices> = memoryServices();
  let account: Awaited<ReturnType<typeof signUp>>;
  beforeEach(async () => {
    ({ services, clock } = memoryServices());
    account = await signUp(services);
  });

  const headersOf = (accessToken: string) => ({ Authorization: `Bearer ${accessToken}` });
  const read = (accessToken = account.accessToken) =>
    call(getAccount, services, { headers: headersOf(accessToken) });
  const end = (sessionId: string, accessToken = account.accessToken) =>
    call(endSession, services, {
      path: `/api/account/sessions/${sessionId}`,
      headers: headersOf(accessToken),
    });

  it('says who it is and nothing of the password [ASVS 8.2.3]', async () => {
    const answer = await read();
    assertSuccess(getAccount, answer);
    const { userId, email, role, createdAt } = answer.body;
    assert.deepEqual([userId, email, role], [account.userId, account.email, 'user']);
    assert.equal(createdAt, clock.now().toISOString());
    assert.ok(!answer.text.includes('$2'));
  });

  it('lists the live sessions, the latest used first, and marks the one that asks', async () => {
    clock.advance(60_000);
    const { body: second } = await signIn(services, account.email, PASSWORD);
    clock.advance(60_000);
    await refreshWith(services, account.refreshToken);
    const { sessions } = (await read(second.accessToken)).body;
    assert.deepEqual(
      sessions.map(({ current }: { current: boolean }) => current),
      [false, true],
    );
    const [first, latest] = sessions;
    assert.equal(Date.parse(first.lastUsedAt) - Date.parse(first.createdAt), 120_000);
    assert.equal(Date.parse(latest.expiresAt) - Date.parse(latest.createdAt), 30 * 86_400_000);
  });

  it('ends one session and leaves the others', async () => {
    const { body: other } = await signIn(services, account.email, PASSWORD);
    const { sessions } = (await read()).body;
    assert.equal((await read(other.accessToken)).status, 200);
    const id = sessions.find(({ current }: { current: boolean }) => !current).id;
    assert.deepEqual([(await end(id)).status, (await end(id)).status], [204, 404]);
    assertProblem(await read(other.accessToken), 'unauthenticated');
    assertProblem(await refreshWith(services, other.refreshToken), 'invalid_refresh_token');
    assert.equal((await read()).body.sessions.length, 1);
  });

  it('ends a session by its id in upper case, too, as UUIDs are read', async () => {
    await signIn(services, account.email, PASSWORD);
    const { sessions } = (await read()).body;
    const id: string = sessions.find(({ current }: { current: boolean }) => !current).id;
    assert.equal((await end(id.toUpperCase())).status, 204);
  });

  it('has no power over the sessions of others, nor learns of them [ASVS 8.2.2]', async () => {
    const stranger = await signUp(services, 'stranger@example.com');
    const { sessions } = (await read(stranger.accessToken)).body;
    const others = await end(sessions[0].id);
    const nobodys = await end('5f0c6ad1-9b4e-4b44-8c4c-0c3f0e2a9d11');
    const withoutId = (text: string) => text.replace(/"requestId":"[^"]*"/, '');
    assertProblem(others, 'not_found');
    assert.equal(withoutId(others.text), withoutId(nobodys.text));
    assert.equal((await refreshWith(services, stranger.refreshToken)).status, 200);
  });

  it('cannot end a session that ended with all others, though its document does not say so', async () => {
    const { body: other } = await signIn(services, account.email, PASSWORD);
    const { sessions } = (await read()).body;
    const id = sessions.find(({ current }: { current: boolean }) => !current).id;
    const { getAccountAndSession } = services.accounts;
    services.accounts.getAccountAndSession = async (userId, sessionId) => {
      const found = await getAccountAndSession(userId, sessionId);
      if (sessionId !== id || !found.session) return found;
      return { ...found, session: { ...found.session, epoch: 7 } };
    };
    assertProblem(await end(id), 'not_found');
    services.accounts.getAccountAndSession = getAccountAndSession;
    assert.equal((await read(other.accessToken)).status, 200);
  });

  it('knows no session by what is not an id', async () => {
    for (const id of ['x', '', '%00', '..', `${account.userId}x`]) {
      assertProblem(await end(id), 'not_found');
    }
  });
});
