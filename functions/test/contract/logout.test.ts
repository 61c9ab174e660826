import assert from 'node:assert/strict';
import { capture } from '../../src/app/endpoints.ts';
import { assertProblem } from '../support/assertions.ts';
import { call } from '../support/call.ts';
import { memoryServices } from '../support/memory/services.ts';
import { logoutWith, PASSWORD, refreshWith, signIn, signUp } from '../support/requests.ts';
import { completeTweet } from '../support/samples.ts';

describe('logging out', () => {
  let { services, lines, clock }: ReturnType<typeof memoryServices> = memoryServices();
  let account: Awaited<ReturnType<typeof signUp>>;
  beforeEach(async () => {
    ({ services, lines, clock } = memoryServices());
    account = await signUp(services);
  });

  const bearer = (accessToken: string) => ({ Authorization: `Bearer ${accessToken}` });
  const captures = async (accessToken: string) =>
    (await call(capture, services, { headers: bearer(accessToken), body: completeTweet() })).status;

  it('ends the session: its refresh token and, on the same instance at once, its access token', async () => {
    assert.equal(await captures(account.accessToken), 200);
    assert.equal((await logoutWith(services, { refreshToken: account.refreshToken })).status, 204);
    assertProblem(await refreshWith(services, account.refreshToken), 'invalid_refresh_token');
    assert.equal(await captures(account.accessToken), 401);
  });

  it('leaves the other sessions of the user alone', async () => {
    const { body: other } = await signIn(services, account.email, PASSWORD);
    await logoutWith(services, { refreshToken: account.refreshToken });
    assert.equal((await refreshWith(services, other.refreshToken)).status, 200);
    assert.equal(await captures(other.accessToken), 200);
  });

  it('is 204 for a token that is unknown, used up or already ended, too', async () => {
    const { refreshToken } = account;
    for (const token of ['', 'x', 'refresh_', refreshToken, refreshToken]) {
      const answer = await logoutWith(services, { refreshToken: token });
      assert.deepEqual([answer.status, answer.text], [204, '']);
    }
  });

  it('works with the refresh token when the access token that comes along has expired', async () => {
    clock.advance(3_600_000);
    const { refreshToken } = account;
    const answer = await logoutWith(services, { refreshToken }, bearer(account.accessToken));
    assert.equal(answer.status, 204);
    assertProblem(await refreshWith(services, account.refreshToken), 'invalid_refresh_token');
  });

  it('everywhere ends all sessions of the caller, and of nobody else', async () => {
    const { body: second } = await signIn(services, account.email, PASSWORD);
    const stranger = await signUp(services, 'stranger@example.com');
    const answer = await logoutWith(services, { everywhere: true }, bearer(second.accessToken));
    assert.equal(answer.status, 204);
    for (const { accessToken, refreshToken } of [account, second]) {
      assertProblem(await refreshWith(services, refreshToken), 'invalid_refresh_token');
      assert.equal(await captures(accessToken), 401);
    }
    assert.equal(await captures(stranger.accessToken), 200);
    assert.equal((await signIn(services, account.email, PASSWORD)).status, 200);
  });

  it('everywhere needs a bearer token that still stands', async () => {
    assertProblem(await logoutWith(services, { everywhere: true }), 'unauthenticated');
    await logoutWith(services, { refreshToken: account.refreshToken });
    const headers = bearer(account.accessToken);
    assertProblem(await logoutWith(services, { everywhere: true }, headers), 'unauthenticated');
  });

  it('leaves a line in the log', async () => {
    await logoutWith(services, { refreshToken: account.refreshToken });
    assert.equal(lines.filter(({ fields }) => fields.event === 'logout').length, 1);
  });

  it('that comes amid 20 refreshes ends the session for good', async () => {
    const tokens = Array.from({ length: 20 }, () => refreshWith(services, account.refreshToken));
    await Promise.all([...tokens, logoutWith(services, { refreshToken: account.refreshToken })]);
    for (const answer of await Promise.all(tokens)) {
      if (answer.status !== 200) continue;
      assertProblem(await refreshWith(services, answer.body.refreshToken), 'invalid_refresh_token');
    }
    assertProblem(await refreshWith(services, account.refreshToken), 'invalid_refresh_token');
  });

  it('comes by itself when a refresh token is reused: the access token is refused, too', async () => {
    const second = await refreshWith(services, account.refreshToken);
    await refreshWith(services, second.body.refreshToken);
    assert.equal(await captures(account.accessToken), 200);
    assertProblem(await refreshWith(services, account.refreshToken), 'invalid_refresh_token');
    assert.equal(await captures(account.accessToken), 401);
  });

  it('of one session counts even where the bearer token for all of them has expired', async () => {
    clock.advance(3_600_000);
    const body = { refreshToken: account.refreshToken, everywhere: true };
    assertProblem(await logoutWith(services, body, bearer(account.accessToken)), 'token_expired');
    assertProblem(await refreshWith(services, account.refreshToken), 'invalid_refresh_token');
  });
});
