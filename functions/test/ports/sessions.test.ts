import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { decideRefresh, type RefreshDecision, type Session } from '../../src/accounts/session.ts';
import { onEveryAdapter, type Stores } from '../support/adapters.ts';
import { sampleSession, seedSessions } from '../support/samples.ts';

const now = new Date('2026-03-01T12:00:00Z');

onEveryAdapter('the session store', (open) => {
  let stores: Stores;
  let session: Session;
  beforeEach(async () => {
    stores = open();
    session = sampleSession(randomUUID(), now);
    await seedSessions(stores, session);
  });

  const use = (generation: number) =>
    stores.sessions.refresh(session.id, (found) => decideRefresh(found, generation, now));
  const stored = async () => {
    let seen: Session | null = null;
    await stores.sessions.refresh(session.id, (found): RefreshDecision => {
      seen = found;
      return { kind: 'refused', reason: 'unknown', changes: {} };
    });
    return seen as Session | null;
  };

  it('gives back a session as it was created', async () => {
    assert.deepEqual(await stored(), session);
  });

  it('hands an unknown session to the decision as null', async () => {
    const decision = await stores.sessions.refresh(randomUUID(), (found) => decideRefresh(found, 1, now));
    assert.deepEqual(decision, { kind: 'refused', reason: 'unknown', changes: {} });
  });

  it('gives 20 parallel uses of one token one and the same successor', async () => {
    const decisions = await Promise.all(Array.from({ length: 20 }, () => use(1)));
    for (const decision of decisions) {
      assert.equal(decision.kind, 'accepted');
      assert.equal(decision.kind === 'accepted' && decision.successor, 2);
    }
    assert.equal((await stored())?.generation, 1);
  });

  it('revokes the session when a token older than the last used one comes back', async () => {
    await use(1);
    await use(2);
    assert.equal((await use(1)).kind, 'reuse');
    assert.deepEqual((await stored())?.revokedAt, now);
    assert.deepEqual(await use(3), { kind: 'refused', reason: 'revoked', changes: {} });
  });

  it('ends a session once, and does not mind one that is unknown', async () => {
    const later = new Date(now.getTime() + 1000);
    assert.equal(await stores.sessions.revoke(session.id, now), session.userId);
    assert.equal(await stores.sessions.revoke(session.id, later), null);
    assert.equal(await stores.sessions.revoke(randomUUID(), now), null);
    assert.deepEqual((await stored())?.revokedAt, now);
  });

  it('ends all sessions of one user and of nobody else', async () => {
    const second = sampleSession(session.userId, now);
    const other = sampleSession(randomUUID(), now);
    await seedSessions(stores, second, other);
    await stores.sessions.revokeAll(session.userId, now);
    const ended = async ({ id, userId }: Session) =>
      (await stores.accounts.getAccountAndSession(userId, id)).session?.revokedAt;
    assert.deepEqual([await ended(session), await ended(second), await ended(other)], [now, now, null]);
    await stores.sessions.revokeAll(session.userId, new Date(now.getTime() + 1000));
    assert.deepEqual(await ended(session), now, 'what has ended has ended then');
  });

  it('is dead after a logout amid 20 refreshes, whichever comes last', async () => {
    const refreshes = Array.from({ length: 20 }, () => use(1));
    await Promise.all([...refreshes, stores.sessions.revoke(session.id, now)]);
    assert.deepEqual((await stored())?.revokedAt, now);
    for (const generation of [1, 2]) assert.equal((await use(generation)).kind, 'refused');
  });

  it('lists the live sessions of a user, the latest used first', async () => {
    const minutes = (count: number) => new Date(now.getTime() + count * 60_000);
    const [later, ended] = [
      sampleSession(session.userId, minutes(1)),
      sampleSession(session.userId, minutes(2)),
    ];
    const expired = { ...sampleSession(session.userId, minutes(3)), expiresAt: minutes(4) };
    await seedSessions(stores, ...[later, ended, expired, sampleSession(randomUUID(), now)]);
    await stores.sessions.revoke(ended.id, now);
    assert.deepEqual(await stores.sessions.listLive(session.userId, minutes(5)), [later, session]);
  });

  const plus = (seconds: number) => new Date(now.getTime() + seconds * 1000);
  const liveIds = async () =>
    (await stores.sessions.listLive(session.userId, plus(100))).map(({ id }) => id).sort();

  it('ends the oldest live sessions beyond so many, and no other', async () => {
    const more = [1, 2, 3, 4].map((seconds) => sampleSession(session.userId, plus(seconds)));
    const stranger = sampleSession(randomUUID(), now);
    await seedSessions(stores, ...more, stranger);
    await stores.sessions.revoke(more[2]?.id ?? '', plus(5));
    const begun = more[3] as Session;
    await stores.sessions.endOldest(begun, 4);
    assert.equal((await liveIds()).length, 4);
    await stores.sessions.endOldest(begun, 2);
    assert.deepEqual(await liveIds(), [more[1]?.id, begun.id].sort());
    assert.equal((await stores.sessions.listLive(stranger.userId, now)).length, 1);
    const ended = (await stores.accounts.getAccountAndSession(session.userId, session.id)).session;
    assert.deepEqual(ended?.revokedAt, begun.createdAt);
  });

  it('does not end the session that has begun, though a clock that is behind made it the oldest', async () => {
    const begun = sampleSession(session.userId, plus(-60));
    await seedSessions(stores, begun);
    await stores.sessions.endOldest(begun, 1);
    assert.ok((await liveIds()).includes(begun.id));
  });

  it('lists no session that the account has ended, whatever its document says', async () => {
    await stores.sessions.revokeAll(session.userId, plus(1));
    const later = sampleSession(session.userId, plus(2));
    await seedSessions(stores, later);
    const { account, session: stored } = await stores.accounts.getAccountAndSession(session.userId, later.id);
    assert.equal(stored?.epoch, account?.sessionEpoch);
    assert.deepEqual(await liveIds(), [later.id]);
    await stores.sessions.revokeAll(randomUUID(), plus(3));
  });

  it('starts no session for who came in by a password that is no longer the one, nor for nobody', async () => {
    const more = sampleSession(session.userId, now);
    assert.equal(await stores.sessions.create(more, 'another hash'), 'refused');
    assert.equal(await stores.sessions.create(sampleSession(randomUUID(), now), 'another hash'), 'refused');
    assert.equal((await stores.accounts.getAccountAndSession(session.userId, more.id)).session, null);
  });
});
