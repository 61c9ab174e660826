import assert from 'node:assert/strict';
import {
  capture,
  changePassword,
  endSession,
  exportAccount,
  getAccount,
  login,
  logout,
} from '../../src/app/endpoints.ts';
import { call } from '../support/call.ts';
import { memoryServices } from '../support/memory/services.ts';
import { EMAIL, PASSWORD, refreshWith, signIn, signUp } from '../support/requests.ts';
import { sampleBody } from '../support/samples.ts';

describe('the audit log', () => {
  let memory: ReturnType<typeof memoryServices>;
  beforeEach(() => {
    memory = memoryServices({ RATE_LIMIT_PER_MINUTE: '3' });
  });
  const seen = () =>
    [...memory.audited.values()].map(({ event, outcome, reason }) => [event, outcome, reason]);

  it('has a register, a login and a logout, each with user, session, request, address and agent [ASVS 16.2.1]', async () => {
    const { userId } = await signUp(memory.services);
    const headers = { 'X-Request-Id': 'request-1', 'User-Agent': 'a browser' };
    const body = { email: EMAIL, password: PASSWORD };
    const { refreshToken } = (await call(login, memory.services, { body, headers, ip: '192.0.2.77' })).body;
    await call(logout, memory.services, { body: { refreshToken } });
    assert.deepEqual(seen(), [
      ['register', 'success', null],
      ['login', 'success', null],
      ['logout', 'success', null],
    ]);
    const [registered, signedIn, left] = [...memory.audited.values()];
    assert.ok(registered && signedIn && left);
    const { requestId, ip, userAgent } = signedIn;
    assert.deepEqual([requestId, ip, userAgent], ['request-1', '192.0.2.0/24', 'a browser']);
    for (const entry of [registered, signedIn, left]) assert.equal(entry.userId, userId);
    assert.ok(signedIn.sessionId && signedIn.sessionId !== registered.sessionId);
    assert.equal(left.sessionId, signedIn.sessionId);
  });

  it('has what was refused, with the user where one is known [ASVS 16.3.1]', async () => {
    const { userId } = await signUp(memory.services);
    await signIn(memory.services, EMAIL, 'Wrong-horse-1');
    await signIn(memory.services, 'nobody@example.com', PASSWORD);
    const refused = [...memory.audited.values()].slice(1);
    assert.deepEqual(
      refused.map(({ event, outcome, reason, ...entry }) => [event, outcome, reason, entry.userId]),
      [
        ['login', 'failure', 'wrong_password', userId],
        ['login', 'failure', 'wrong_password', null],
      ],
    );
  });

  it('has a change of password, the end of a session, and of all', async () => {
    const { accessToken } = await signUp(memory.services);
    const headers = { Authorization: `Bearer ${accessToken}` };
    const newPassword = 'Another-horse-2';
    await call(changePassword, memory.services, {
      headers,
      body: { currentPassword: PASSWORD, newPassword },
    });
    await call(logout, memory.services, { headers, body: { everywhere: true } });
    const again = await signIn(memory.services, EMAIL, newPassword);
    const bearer = { Authorization: `Bearer ${again.body.accessToken}` };
    const { sessions } = (await call(getAccount, memory.services, { headers: bearer })).body;
    await call(endSession, memory.services, {
      headers: bearer,
      path: `/api/account/sessions/${sessions[0].id}`,
    });
    assert.deepEqual(
      seen().map(([event]) => event),
      ['register', 'password_changed', 'logout_everywhere', 'login', 'session_ended'],
    );
  });

  it('has one entry for a limit that was hit, however often [ASVS 16.3.3]', async () => {
    const { accessToken, userId } = await signUp(memory.services);
    const headers = { Authorization: `Bearer ${accessToken}` };
    for (let count = 0; count < 10; count += 1) await call(getAccount, memory.services, { headers });
    const hits = [...memory.audited.values()].filter(({ event }) => event === 'limit_hit');
    assert.deepEqual(
      hits.map((entry) => [entry.userId, entry.reason]),
      [[userId, 'getAccount']],
    );
  });

  it('has an export, and what a disabled account tried', async () => {
    const { accessToken, refreshToken, userId } = await signUp(memory.services);
    const headers = { Authorization: `Bearer ${accessToken}` };
    await call(exportAccount, memory.services, { headers });
    await memory.services.accounts.setActive(userId, false, memory.clock.now());
    await signIn(memory.services, EMAIL, PASSWORD);
    await refreshWith(memory.services, refreshToken);
    assert.deepEqual(seen().slice(1), [
      ['account_exported', 'success', null],
      ['login', 'failure', 'account_disabled'],
    ]);
  });

  it('of a refresh is a line only: the session itself holds when it was last used', async () => {
    const { refreshToken, userId } = await signUp(memory.services);
    const before = memory.audited.size;
    await refreshWith(memory.services, refreshToken);
    assert.equal(memory.audited.size, before);
    const lines = memory.lines.filter(({ fields }) => fields.event === 'refresh');
    assert.deepEqual(
      lines.map(({ fields }) => [fields.userId, fields.outcome]),
      [[userId, 'success']],
    );
  });

  it('of a capture is a line only, without its text', async () => {
    const { accessToken, userId } = await signUp(memory.services);
    const before = memory.audited.size;
    const body = sampleBody({ tweetText: 's3cret' });
    await call(capture, memory.services, { headers: { Authorization: `Bearer ${accessToken}` }, body });
    assert.equal(memory.audited.size, before);
    const lines = memory.lines.filter(({ fields }) => fields.event === 'capture');
    assert.deepEqual(
      lines.map(({ fields }) => [fields.userId, fields.outcome, fields.reason]),
      [[userId, 'success', 'created']],
    );
    assert.ok(!JSON.stringify(lines).includes('s3cret'));
  });

  it('never holds a password or a token [ASVS 16.2.5]', async () => {
    const { accessToken, refreshToken } = await signUp(memory.services);
    await refreshWith(memory.services, refreshToken);
    await signIn(memory.services, EMAIL, 'Wrong-horse-1');
    const written = JSON.stringify([[...memory.audited.values()], memory.lines]);
    for (const secret of [PASSWORD, 'Wrong-horse-1', accessToken, refreshToken]) {
      assert.ok(!written.includes(secret));
    }
  });
});
