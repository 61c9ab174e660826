import assert from 'node:assert/strict';
import type { AccountStore } from '../../../src/accounts/ports.ts';
import { createSessionCache, SESSION_CACHE } from '../../../src/accounts/sessionCache.ts';
import { NOTHING_PAUSED, type Paused } from '../../../src/brakes/brakes.ts';
import { memoryAccounts } from '../../support/memory/accounts.ts';
import { fakeClock } from '../../support/memory/services.ts';
import { sampleAccount, sampleSession } from '../../support/samples.ts';

describe('an access token', () => {
  const learned: Paused[] = [];
  const brakes = { learn: (paused: Paused) => void learned.push(paused) };
  const setUp = async () => {
    const clock = fakeClock();
    const stores = memoryAccounts();
    const account = sampleAccount('user@example.com', clock.now());
    const session = sampleSession(account.userId, clock.now());
    await stores.accounts.createUnlessTaken(account, session);
    let reads = 0;
    const accounts: AccountStore = {
      ...stores.accounts,
      getAccountAndSession: (userId, sessionId) => {
        reads += 1;
        return stores.accounts.getAccountAndSession(userId, sessionId);
      },
    };
    const open = () => createSessionCache(accounts, clock, brakes, SESSION_CACHE);
    const caller = { userId: account.userId, sessionId: session.id };
    return { ...stores, clock, open, caller, account, session, reads: () => reads, counting: accounts };
  };

  it('stands while its session lives, for one look at the stores a minute and instance', async () => {
    const { open, caller, reads, clock } = await setUp();
    const live = open();
    await Promise.all(Array.from({ length: 100 }, () => live.verify(caller)));
    clock.advance(SESSION_CACHE.ttlMs - 1);
    await live.verify(caller);
    assert.equal(reads(), 1);
    assert.deepEqual(learned.splice(0), [NOTHING_PAUSED]);
    clock.advance(1);
    await live.verify(caller);
    assert.equal(reads(), 2);
  });

  it('dies with its session: at once where that was ended, within 60 s on another instance', async () => {
    const { open, caller, sessions, clock } = await setUp();
    const [here, there] = [open(), open()];
    await Promise.all([here.verify(caller), there.verify(caller)]);
    await sessions.revoke(caller.sessionId, clock.now());
    here.clear();
    await assert.rejects(here.verify(caller), { code: 'unauthenticated' });
    await there.verify(caller);
    clock.advance(60_000);
    await assert.rejects(there.verify(caller), { code: 'unauthenticated' });
  });

  it('is refused when the account has ended all sessions, though the document of its session does not say so', async () => {
    const { open, caller, stored } = await setUp();
    Object.assign(stored.accounts.get(caller.userId) ?? {}, { sessionEpoch: 1 });
    await assert.rejects(open().verify(caller), { code: 'unauthenticated' });
    Object.assign(stored.sessions.get(caller.sessionId) ?? {}, { epoch: 1 });
    assert.equal(await open().verify(caller), 'user');
  });

  it('is remembered for 10,000 sessions at most, so that an instance does not grow without end', async () => {
    const { open, caller, reads } = await setUp();
    const live = open();
    const strange = (index: number) => live.verify({ ...caller, sessionId: `${index}` }).catch(() => {});
    await live.verify(caller);
    for (let index = 1; index < 10_000; index += 1) await strange(index);
    await live.verify(caller);
    assert.equal(reads(), 10_000);
    await strange(10_000);
    await live.verify(caller);
    assert.equal(reads(), 10_002);
  });

  it("is refused when its session has expired, is unknown, or is another user's [ASVS 7.2.1]", async () => {
    const { open, caller, session, clock, accounts } = await setUp();
    const stranger = '5f0c6ad1-9b4e-4b44-8c4c-0c3f0e2a9d11';
    await assert.rejects(open().verify({ ...caller, sessionId: stranger }), { code: 'unauthenticated' });
    await assert.rejects(open().verify({ ...caller, userId: stranger }), { code: 'unauthenticated' });
    const other = sampleAccount('other@example.com', clock.now());
    await accounts.createUnlessTaken(other, sampleSession(other.userId, clock.now()));
    await assert.rejects(open().verify({ ...caller, userId: other.userId }), { code: 'unauthenticated' });
    clock.advance(session.expiresAt.getTime() - clock.now().getTime());
    await assert.rejects(open().verify(caller), { code: 'unauthenticated' });
  });

  it('is refused when the account is disabled', async () => {
    const { caller, account, session, clock } = await setUp();
    const getAccountAndSession = async () => ({
      account: { ...account, isActive: false },
      session,
      paused: NOTHING_PAUSED,
    });
    const live = createSessionCache(
      { getAccountAndSession } as unknown as AccountStore,
      clock,
      brakes,
      SESSION_CACHE,
    );
    await assert.rejects(live.verify(caller), { code: 'account_disabled' });
  });

  it('is asked for again after the stores could not answer', async () => {
    const { caller, counting, clock } = await setUp();
    let down = true;
    const accounts: AccountStore = {
      ...counting,
      getAccountAndSession: async (...who) => {
        if (down) throw new Error('down');
        return await counting.getAccountAndSession(...who);
      },
    };
    const live = createSessionCache(accounts, clock, brakes, SESSION_CACHE);
    await assert.rejects(live.verify(caller), /down/);
    down = false;
    await live.verify(caller);
  });

  it('does not wait on a look at the stores that hangs, nor lets others wait on it', async () => {
    const { caller, counting, clock } = await setUp();
    let hangs = true;
    const accounts: AccountStore = {
      ...counting,
      getAccountAndSession: (...who) =>
        hangs ? new Promise(() => {}) : counting.getAccountAndSession(...who),
    };
    const live = createSessionCache(accounts, clock, brakes, { ttlMs: 60_000, timeoutMs: 20 });
    await assert.rejects(live.verify(caller), { code: 'unavailable' });
    hangs = false;
    await live.verify(caller);
  });
});
