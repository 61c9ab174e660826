import assert from 'node:assert/strict';
import { decideRefresh, newSession, type Session } from '../../../src/accounts/session.ts';

const now = new Date('2026-03-01T12:00:00Z');
const later = (milliseconds: number) => new Date(now.getTime() + milliseconds);
const DAY = 86_400_000;

/** A session whose highest used generation is 5. */
const session: Session = { ...newSession('session', 'user', now, 30), generation: 5 };
const { userId } = session;

describe('a refresh token', () => {
  it('is good while it is the highest one used, and gets the same successor again', () => {
    const decision = decideRefresh(session, 5, now);
    assert.deepEqual(decision, { kind: 'accepted', userId, epoch: 0, successor: 6, changes: {} });
  });

  it('is good as the successor of the highest one used, and becomes the highest itself', () => {
    assert.deepEqual(decideRefresh(session, 6, later(1)), {
      kind: 'accepted',
      userId,
      epoch: 0,
      successor: 7,
      changes: { generation: 6, lastUsedAt: later(1) },
    });
  });

  for (const generation of [4, 3, 1, 0]) {
    it(`of generation ${generation} when 5 is the highest used is refresh token reuse and revokes the session`, () => {
      const decision = decideRefresh(session, generation, later(1));
      assert.deepEqual(decision, { kind: 'reuse', userId, changes: { revokedAt: later(1) } });
    });
  }

  for (const generation of [7, 8, 2 ** 32 - 1]) {
    it(`of generation ${generation}, which was never handed out, is unknown and changes nothing`, () => {
      const decision = decideRefresh(session, generation, now);
      assert.deepEqual(decision, { kind: 'refused', reason: 'unknown', changes: {} });
    });
  }

  it('of a session that does not exist is unknown', () => {
    assert.deepEqual(decideRefresh(null, 1, now), { kind: 'refused', reason: 'unknown', changes: {} });
  });

  it('is good until the last moment of the session, and expired from then on', () => {
    assert.equal(decideRefresh(session, 5, later(30 * DAY - 1)).kind, 'accepted');
    const expired = { kind: 'refused', reason: 'expired', changes: {} };
    assert.deepEqual(decideRefresh(session, 5, later(30 * DAY)), expired);
    assert.deepEqual(decideRefresh(session, 4, later(31 * DAY)), expired);
  });

  it('of a revoked session is refused whatever its generation', () => {
    const revoked = { ...session, revokedAt: now };
    for (const generation of [4, 5, 6, 7]) {
      const decision = decideRefresh(revoked, generation, later(1));
      assert.deepEqual(decision, { kind: 'refused', reason: 'revoked', changes: {} });
    }
  });

  it('may be decided on twice, as by a repeated commit: the second time changes nothing', () => {
    for (const generation of [4, 5, 6, 7]) {
      const first = decideRefresh(session, generation, later(90_000));
      const second = decideRefresh({ ...session, ...first.changes }, generation, later(90_000));
      assert.deepEqual(second.changes, {});
      if (first.kind === 'accepted') assert.deepEqual(second, { ...first, changes: {} });
    }
  });
});

describe('a session', () => {
  it('starts before its first refresh token and lasts the configured days from login', () => {
    assert.deepEqual(newSession('id', 'user', now, 7), {
      id: 'id',
      userId: 'user',
      generation: 0,
      expiresAt: later(7 * DAY),
      createdAt: now,
      lastUsedAt: now,
      revokedAt: null,
    });
    assert.equal(decideRefresh(newSession('id', 'user', now, 7), 1, now).kind, 'accepted');
  });

  it('does not last longer for being used', () => {
    const { changes } = decideRefresh(session, 6, later(29 * DAY));
    assert.ok(!('expiresAt' in changes));
  });

  it('records repeats of one token once a minute only', () => {
    assert.deepEqual(decideRefresh(session, 5, later(59_999)).changes, {});
    assert.deepEqual(decideRefresh(session, 5, later(60_000)).changes, { lastUsedAt: later(60_000) });
  });
});
