import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Account } from '../../src/accounts/account.ts';
import type { AuditEntry } from '../../src/audit/audit.ts';
import { newQueueItem } from '../../src/delivery/queueItem.ts';
import type { PersonalRecord, RecordPlace } from '../../src/privacy/ports.ts';
import { onEveryAdapter, type Stores } from '../support/adapters.ts';
import { collect } from '../support/collect.ts';
import { sampleAccount, sampleCapture, sampleSession } from '../support/samples.ts';

const now = new Date('2026-03-01T12:00:00Z');

const entryOf = (userId: string | null): AuditEntry => ({
  id: randomUUID(),
  at: now,
  event: 'login',
  outcome: 'success',
  userId,
  sessionId: null,
  reason: null,
  requestId: 'request-1',
  ip: '192.0.2.0/24',
  userAgent: 'test',
  expiresAt: new Date(now.getTime() + 86_400_000),
});

onEveryAdapter('personal data', (open) => {
  let stores: Stores;
  let mine: Account;
  let other: Account;
  beforeEach(async () => {
    stores = open();
    mine = sampleAccount('mine@example.com', now);
    other = sampleAccount('other@example.com', now);
    for (const account of [mine, other]) {
      const { userId } = account;
      await stores.accounts.createUnlessTaken(account, sampleSession(userId, now));
      const captures = Array.from({ length: 3 }, () => sampleCapture(now, userId));
      for (const capture of captures) await stores.tweets.create(capture);
      await stores.outbox.enqueue(newQueueItem(captures[0] as never, 'down', now));
      await stores.auditLog.append(entryOf(userId));
    }
    await stores.auditLog.append(entryOf(null));
  });

  const read = (userId: string, after?: RecordPlace) => collect(stores.personalData.read(userId, after));
  const kinds = (records: PersonalRecord[]) => records.map(({ kind }) => kind).sort();
  const ALL = ['account', 'auditEntry', 'queueItem', 'session', 'tweet', 'tweet', 'tweet'];

  it('is the account first, and then all that names the user, and nobody else [Privacy 2]', async () => {
    const records = await read(mine.userId);
    assert.equal(records[0]?.kind, 'account');
    assert.deepEqual(kinds(records), ALL);
    for (const { data } of records) assert.equal(data.userId, mine.userId);
  });

  it('can be read on after each record, in the same order', async () => {
    const all = await read(mine.userId);
    const isQueued = (id: string) => all.some((each) => each.kind === 'queueItem' && each.id === id);
    const gone = all.find(({ kind, id }) => kind === 'tweet' && !isQueued(id));
    await stores.tweets.remove(gone?.id ?? '', now);
    const records = await read(mine.userId);
    assert.deepEqual(new Set(kinds(records)), new Set([...ALL, 'deletedTweet']));
    for (const [index, record] of records.entries()) {
      assert.deepEqual(await read(mine.userId, record), records.slice(index + 1), record.kind);
    }
  });

  it('can be read on after a record that is gone', async () => {
    const records = await read(mine.userId);
    const index = records.findIndex(({ kind }) => kind === 'tweet');
    const { id = '' } = records[index] ?? {};
    await stores.tweets.remove(id, now);
    const rest = await read(mine.userId, { kind: 'tweet', id });
    assert.deepEqual(
      rest.map((each) => each.id),
      records
        .slice(index + 1)
        .flatMap((each) => (each.kind === 'queueItem' && each.id === id ? [] : each.id)),
    );
  });

  it('is gone after an erasure, batch by batch; that of others is left', async () => {
    assert.equal(await stores.personalData.beginErasure(mine, now), 'begun');
    assert.equal(await stores.accounts.findByEmail(mine.email), null);
    assert.equal(await stores.accounts.findById(mine.userId), null);
    let calls = 0;
    for (; (await stores.personalData.erase(mine.userId, 2)) > 0; calls += 1);
    assert.equal(calls, 5);
    assert.deepEqual(await read(mine.userId), []);
    assert.deepEqual(kinds(await read(other.userId)), ALL);
  });

  it('lets the address register again', async () => {
    await stores.personalData.beginErasure(mine, now);
    const again = sampleAccount(mine.email, now);
    const session = sampleSession(again.userId, now);
    assert.equal(await stores.accounts.createUnlessTaken(again, session), 'created');
  });

  it('begins an erasure only where the account is as it was seen, and says the same when asked again', async () => {
    const { personalData } = stores;
    assert.equal(await personalData.beginErasure({ ...mine, passwordHash: 'old' }, now), 'refused');
    assert.ok(await stores.accounts.findById(mine.userId));
    assert.equal(await personalData.beginErasure(mine, now), 'begun');
    assert.equal(await personalData.beginErasure(mine, now), 'begun');
    assert.equal(await personalData.beginErasure(sampleAccount('x@example.com', now), now), 'refused');
  });

  it('forgets the guesses at the address [Privacy 7]', async () => {
    const seen = () =>
      stores.loginAttempts.update(mine.email, (found) => ({ attempts: null, result: found }));
    const attempts = { dayStart: 0, failures: 1, sources: {} };
    await stores.loginAttempts.update(mine.email, () => ({ attempts, result: null }));
    assert.deepEqual((await seen())?.failures, 1);
    await stores.personalData.beginErasure(mine, now);
    assert.equal(await seen(), null);
  });

  it('at the end of an erasure keeps the address of who has registered it since, and the guesses at it', async () => {
    const { personalData, accounts, loginAttempts } = stores;
    const seen = () =>
      loginAttempts.update(mine.email, (found) => ({ attempts: null, result: found?.failures }));
    const write = (failures: number) =>
      loginAttempts.update(mine.email, () => ({
        attempts: { dayStart: 0, failures, sources: {} },
        result: null,
      }));
    await personalData.beginErasure(mine, now);
    const again = sampleAccount(mine.email, now);
    await accounts.createUnlessTaken(again, null);
    await write(2);
    assert.equal(await personalData.beginErasure(mine, now), 'begun', 'a commit whose answer was lost');
    await personalData.endErasure(mine.userId);
    assert.equal((await accounts.findByEmail(mine.email))?.userId, again.userId);
    assert.equal(await seen(), 2);

    await personalData.beginErasure(other, now);
    await loginAttempts.update(other.email, () => ({
      attempts: { dayStart: 0, failures: 3, sources: {} },
      result: null,
    }));
    await personalData.endErasure(other.userId);
    assert.equal(
      await loginAttempts.update(other.email, (found) => ({ attempts: null, result: found })),
      null,
    );
  });

  it('lists the erasures under way, the oldest first, until they are ended', async () => {
    const { personalData } = stores;
    await personalData.beginErasure(other, new Date(now.getTime() + 1));
    await personalData.beginErasure(mine, now);
    assert.deepEqual(await personalData.listErasures(1), [{ userId: mine.userId, begunAt: now }]);
    await personalData.endErasure(mine.userId);
    const left = await personalData.listErasures(5);
    assert.deepEqual(
      left.map(({ userId }) => userId),
      [other.userId],
    );
  });
});
