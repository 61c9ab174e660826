import assert from 'node:assert/strict';
import type { PasswordChange } from '../../src/accounts/ports.ts';
import type { Session } from '../../src/accounts/session.ts';
import { NOTHING_PAUSED } from '../../src/brakes/brakes.ts';
import { onEveryAdapter, type Stores } from '../support/adapters.ts';
import { sampleAccount, sampleSession, seedSessions } from '../support/samples.ts';

const now = new Date('2026-03-01T12:00:00Z');

onEveryAdapter('the account store', (open) => {
  let stores: Stores;
  beforeEach(() => {
    stores = open();
  });

  it('finds a created account by its e-mail and by its id, field for field', async () => {
    const account = sampleAccount('a@example.com', now);
    const created = await stores.accounts.createUnlessTaken(account, sampleSession(account.userId, now));
    assert.equal(created, 'created');
    assert.deepEqual(await stores.accounts.findByEmail('a@example.com'), account);
    assert.deepEqual(await stores.accounts.findById(account.userId), account);
  });

  it('finds nobody under an unknown e-mail or id', async () => {
    assert.equal(await stores.accounts.findByEmail('nobody@example.com'), null);
    assert.equal(await stores.accounts.findById('5f0c6ad1-9b4e-4b44-8c4c-0c3f0e2a9d11'), null);
  });

  it('lets exactly one of 20 parallel creations of one e-mail win, and its session exists', async () => {
    const rivals = Array.from({ length: 20 }, () => sampleAccount('one@example.com', now));
    const attempts = rivals.map(async (account) => {
      const session = sampleSession(account.userId, now);
      return { account, session, outcome: await stores.accounts.createUnlessTaken(account, session) };
    });
    const winners = (await Promise.all(attempts)).filter(({ outcome }) => outcome === 'created');
    assert.equal(winners.length, 1);
    assert.deepEqual(await stores.accounts.findByEmail('one@example.com'), winners[0]?.account);
    const decision = await stores.sessions.refresh(winners[0]?.session.id ?? '', (session) => {
      assert.deepEqual(session, winners[0]?.session);
      return { kind: 'refused', reason: 'unknown', changes: {} };
    });
    assert.equal(decision.kind, 'refused');
  });

  it('leaves nothing of an account whose e-mail was taken', async () => {
    const first = sampleAccount('taken@example.com', now);
    await stores.accounts.createUnlessTaken(first, sampleSession(first.userId, now));
    const second = sampleAccount('taken@example.com', now);
    const session = sampleSession(second.userId, now);
    assert.equal(await stores.accounts.createUnlessTaken(second, session), 'taken');
    assert.equal(await stores.accounts.findById(second.userId), null);
    await stores.sessions.refresh(session.id, (found) => {
      assert.equal(found, null);
      return { kind: 'refused', reason: 'unknown', changes: {} };
    });
  });

  it('takes its own earlier write for a success, as after a commit whose answer was lost', async () => {
    const account = sampleAccount('again@example.com', now);
    const session = sampleSession(account.userId, now);
    assert.equal(await stores.accounts.createUnlessTaken(account, session), 'created');
    assert.equal(await stores.accounts.createUnlessTaken(account, session), 'created');
  });

  it('tells the standing of an account and a session together, each null where there is none', async () => {
    const account = sampleAccount('standing@example.com', now);
    const session = sampleSession(account.userId, now);
    await stores.accounts.createUnlessTaken(account, session);
    const paused = NOTHING_PAUSED;
    assert.deepEqual(await stores.accounts.getAccountAndSession(account.userId, session.id), {
      account,
      session,
      paused,
    });
    const nobody = '5f0c6ad1-9b4e-4b44-8c4c-0c3f0e2a9d11';
    const none = { account: null, session: null, paused };
    assert.deepEqual(await stores.accounts.getAccountAndSession(nobody, nobody), none);
  });

  it("changes the hash and ends all sessions of the user but one, and nobody else's [ASVS 7.4.3]", async () => {
    const account = sampleAccount('change@example.com', now);
    const [kept, other] = [sampleSession(account.userId, now), sampleSession(account.userId, now)];
    const stranger = sampleSession('5f0c6ad1-9b4e-4b44-8c4c-0c3f0e2a9d11', now);
    await stores.accounts.createUnlessTaken(account, kept);
    await seedSessions(stores, other, stranger);
    const at = new Date(now.getTime() + 1000);
    const expectedHash = account.passwordHash;
    const change = { expectedHash, passwordHash: '$2b$04$changed', keptSessionId: kept.id, at };
    assert.equal(await stores.accounts.changePassword(account.userId, change), 'changed');

    const expected = { ...account, passwordHash: change.passwordHash, updatedAt: at, sessionEpoch: 1 };
    assert.deepEqual(await stores.accounts.findById(account.userId), expected);
    const ended = async ({ id }: { id: string }) =>
      (await stores.accounts.getAccountAndSession(account.userId, id)).session?.revokedAt;
    assert.deepEqual([await ended(kept), await ended(other), await ended(stranger)], [null, at, null]);
  });

  it('lets one of two parallel changes of a password through, and the winner keeps a session', async () => {
    const account = sampleAccount('both@example.com', now);
    const sessions = [sampleSession(account.userId, now), sampleSession(account.userId, now)];
    await stores.accounts.createUnlessTaken(account, sessions[0] as Session);
    await seedSessions(stores, sessions[1] as Session);
    const changes = sessions.map(({ id }) => ({
      expectedHash: account.passwordHash,
      passwordHash: `hash of ${id}`,
      keptSessionId: id,
      at: now,
    }));
    const change = (each: PasswordChange) => stores.accounts.changePassword(account.userId, each);
    const outcomes = await Promise.all(changes.map(change));
    assert.deepEqual(outcomes.toSorted(), ['changed', 'refused']);
    const winner = changes[outcomes.indexOf('changed')] as PasswordChange;
    const standing = await stores.accounts.getAccountAndSession(account.userId, winner.keptSessionId);
    assert.deepEqual(
      [standing.account?.passwordHash, standing.session?.revokedAt],
      [winner.passwordHash, null],
    );
    assert.equal(await change(winner), 'changed');
    assert.equal(await stores.accounts.changePassword('nobody', winner), 'refused');
  });

  it('creates an account that nobody is signed in to yet', async () => {
    const account = sampleAccount('unseen@example.com', now);
    assert.equal(await stores.accounts.createUnlessTaken(account, null), 'created');
    assert.deepEqual(await stores.accounts.findByEmail('unseen@example.com'), account);
    assert.deepEqual(await stores.sessions.listLive(account.userId, now), []);
    const second = sampleAccount('unseen@example.com', now);
    assert.equal(await stores.accounts.createUnlessTaken(second, null), 'taken');
  });

  describe('disabling and enabling', () => {
    const at = new Date(now.getTime() + 1000);
    const later = new Date(now.getTime() + 2000);
    const revokedAt = async ({ id, userId }: Session) =>
      (await stores.accounts.getAccountAndSession(userId, id)).session?.revokedAt;

    it("ends all sessions of the user and nobody else's, and revives none [ASVS 7.4.5]", async () => {
      const account = sampleAccount('disabled@example.com', now);
      const sessions = [sampleSession(account.userId, now), sampleSession(account.userId, now)];
      const stranger = sampleSession('5f0c6ad1-9b4e-4b44-8c4c-0c3f0e2a9d11', now);
      await stores.accounts.createUnlessTaken(account, null);
      await seedSessions(stores, ...sessions, stranger);
      const ended = () => Promise.all([...sessions, stranger].map(revokedAt));

      assert.equal(await stores.accounts.setActive(account.userId, false, at), 'changed');
      const disabled = { ...account, isActive: false, updatedAt: at, sessionEpoch: 1 };
      assert.deepEqual(await stores.accounts.findById(account.userId), disabled);
      assert.deepEqual(await ended(), [at, at, null]);

      assert.equal(await stores.accounts.setActive(account.userId, true, later), 'changed');
      const enabled = { ...account, updatedAt: later, sessionEpoch: 1 };
      assert.deepEqual(await stores.accounts.findById(account.userId), enabled);
      assert.deepEqual(await ended(), [at, at, null]);
    });

    it('leaves an account that was disabled by hand as it is, but ends its sessions', async () => {
      const account = { ...sampleAccount('by-hand@example.com', now), isActive: false };
      const session = sampleSession(account.userId, now);
      await stores.accounts.createUnlessTaken(account, session);
      assert.equal(await stores.accounts.setActive(account.userId, false, at), 'unchanged');
      assert.deepEqual(await stores.accounts.findById(account.userId), { ...account, sessionEpoch: 1 });
      assert.deepEqual(await revokedAt(session), at);
    });

    it('leaves an account that is enabled already as it is, with its sessions', async () => {
      const account = sampleAccount('enabled@example.com', now);
      const session = sampleSession(account.userId, now);
      await stores.accounts.createUnlessTaken(account, session);
      assert.equal(await stores.accounts.setActive(account.userId, true, at), 'unchanged');
      const standing = await stores.accounts.getAccountAndSession(account.userId, session.id);
      assert.deepEqual([standing.account, standing.session], [account, session]);
    });

    it('leaves no live session behind, however many sign-ins were under way', async () => {
      const account = sampleAccount('race@example.com', now);
      await stores.accounts.createUnlessTaken(account, null);
      const signIn = () => stores.sessions.create(sampleSession(account.userId, now), account.passwordHash);
      const signIns = Array.from({ length: 10 }, signIn);
      await Promise.all([...signIns, stores.accounts.setActive(account.userId, false, at)]);
      assert.deepEqual(await stores.sessions.listLive(account.userId, now), []);
      assert.equal(await signIn(), 'refused');
    });
  });

  it('gives a role, once', async () => {
    const account = sampleAccount('admin@example.com', now);
    await stores.accounts.createUnlessTaken(account, null);
    const at = new Date(now.getTime() + 1000);
    assert.equal(await stores.accounts.setRole(account.userId, 'admin', at), 'changed');
    const admin = { ...account, role: 'admin', updatedAt: at };
    assert.deepEqual(await stores.accounts.findById(account.userId), admin);
    assert.equal(await stores.accounts.setRole(account.userId, 'admin', new Date()), 'unchanged');
    assert.deepEqual(await stores.accounts.findById(account.userId), admin);
  });

  it('changes nothing of an account that does not exist', async () => {
    assert.equal(await stores.accounts.setActive('nobody', false, now), 'unknown');
    assert.equal(await stores.accounts.setRole('nobody', 'admin', now), 'unknown');
    assert.equal(await stores.accounts.findById('nobody'), null);
  });
});
