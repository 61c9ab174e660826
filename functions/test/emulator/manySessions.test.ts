import assert from 'node:assert/strict';
import type { Firestore } from 'firebase-admin/firestore';
import { createAuthenticator } from '../../src/accounts/authenticate.ts';
import type { Session } from '../../src/accounts/session.ts';
import { createSessionCache } from '../../src/accounts/sessionCache.ts';
import { issueTokens } from '../../src/accounts/tokens.ts';
import { getAccount, login, refresh } from '../../src/app/endpoints.ts';
import type { Services } from '../../src/app/services.ts';
import type { Caller } from '../../src/http/principal.ts';
import { createAccountStore } from '../../src/platform/firestore/accountStore.ts';
import { createSessionStore } from '../../src/platform/firestore/sessionStore.ts';
import { call } from '../support/call.ts';
import { emptyFirestore } from '../support/firestore.ts';
import { memoryServices } from '../support/memory/services.ts';
import { EMAIL, PASSWORD } from '../support/requests.ts';
import { sampleAccount, sampleSession } from '../support/samples.ts';
import { watchCommits } from '../support/wireBytes.ts';

/** MANY_SESSIONS=25000 is what was seen to end in a timeout. */
const COUNT = Number(process.env.MANY_SESSIONS ?? 1500);

describe(`an account with ${COUNT} live sessions`, function () {
  this.timeout(60_000 + 20 * COUNT);
  let db: Firestore;
  let services: Services;
  let sessions: Session[];
  let commits: number[];
  let userId: string;
  const clock = memoryServices().clock;

  beforeEach(async () => {
    db = emptyFirestore();
    const accounts = createAccountStore(db);
    const memory = memoryServices().services;
    services = { ...memory, clock, accounts, sessions: createSessionStore(db) };
    services.sessionCache = createSessionCache(accounts, clock, memory.brakes, {
      ttlMs: 0,
      timeoutMs: 20_000,
    });
    services.authenticate = createAuthenticator(services.keys, services.sessionCache, clock);
    const account = sampleAccount(EMAIL, clock.now());
    account.passwordHash = await services.passwords.hash(PASSWORD);
    userId = account.userId;
    await accounts.createUnlessTaken(account, null);
    sessions = [];
    for (let start = 0; start < COUNT; start += 500) {
      const batch = db.batch();
      for (let each = start; each < Math.min(start + 500, COUNT); each += 1) {
        const session = sampleSession(userId, new Date(clock.now().getTime() - each * 1000));
        const { id, ...data } = session;
        batch.set(db.doc(`sessions/${id}`), data);
        sessions.push(session);
      }
      await batch.commit();
    }
    commits = watchCommits(db);
  });

  const callerOf = ({ id }: Session): Caller => ({ userId, sessionId: id });
  const every = () => sessions.filter((_, index) => index % 50 === 0 || index >= COUNT - 5);
  const isLive = async (session: Session) => {
    try {
      await services.sessionCache.verify(callerOf(session));
    } catch {
      return false;
    }
    const { refreshToken } = await issueTokens(services, { userId, sessionId: session.id, generation: 1 });
    const { status } = await call(refresh, services, { body: { refreshToken } });
    assert.equal(status, 200);
    return true;
  };
  const refreshes = async (session: Session) => {
    const { refreshToken } = await issueTokens(services, { userId, sessionId: session.id, generation: 1 });
    return (await call(refresh, services, { body: { refreshToken } })).status;
  };
  const allEndedBut = async (kept?: Session) => {
    assert.equal(commits.length, 1, 'one commit');
    assert.ok((commits[0] ?? 0) < 1_000_000, `${commits[0]} bytes`);
    for (const session of every()) {
      if (session === kept) continue;
      assert.equal(await isLive(session), false);
      assert.equal(await refreshes(session), 401);
    }
    const live = await services.sessions.listLive(userId, clock.now());
    assert.deepEqual(
      live.map(({ id }) => id),
      kept ? [kept.id] : [],
    );
  };

  it('has one commit end them all but one when the password changes', async () => {
    const kept = sessions[7] as Session;
    assert.equal(await isLive(kept), true);
    const { passwordHash = '' } = (await services.accounts.findById(userId)) ?? {};
    commits.length = 0;
    const change = {
      expectedHash: passwordHash,
      passwordHash: 'new',
      keptSessionId: kept.id,
      at: clock.now(),
    };
    assert.equal(await services.accounts.changePassword(userId, change), 'changed');
    await allEndedBut(kept);
    assert.equal(await isLive(kept), true);
    const stolen = {
      ...change,
      expectedHash: 'new',
      passwordHash: 'x',
      keptSessionId: sessions.at(-1)?.id ?? '',
    };
    assert.equal(await services.accounts.changePassword(userId, stolen), 'refused');
  });

  it('has one commit end them all when the user signs out everywhere', async () => {
    await services.sessions.revokeAll(userId, clock.now());
    await allEndedBut();
  });

  it('has one commit end them all when the account is disabled, and none lives when it is enabled', async () => {
    assert.equal(await services.accounts.setActive(userId, false, clock.now()), 'changed');
    assert.equal(await services.accounts.setActive(userId, true, clock.now()), 'changed');
    commits.length = 1;
    await allEndedBut();
  });

  it('has fewer at each sign-in, and at last as many as there may be', async () => {
    services.config = { ...services.config, MAX_SESSIONS: 100 };
    const body = { email: EMAIL, password: PASSWORD };
    const left = async () =>
      (await db.collection('sessions').where('revokedAt', '==', null).count().get()).data().count;
    let before = COUNT;
    while (before > 100) {
      const { status } = await call(login, services, { body });
      assert.equal(status, 200);
      const now = await left();
      assert.ok(now < before, `${now} of ${before}`);
      before = now;
    }
    assert.equal(before, 100);
    assert.ok(Math.max(...commits) < 1_000_000);
    const { body: signedIn } = await call(login, services, { body });
    const { accessToken } = signedIn as { accessToken: string };
    const headers = { Authorization: `Bearer ${accessToken}` };
    const { body: shown } = await call(getAccount, services, { headers });
    assert.equal((shown as { sessions: object[] }).sessions.length, 100);
    assert.equal(await isLive(sessions[0] as Session), true, 'the newest stay');
    assert.equal(await isLive(sessions.at(-1) as Session), false, 'the oldest do not');
  });
});
