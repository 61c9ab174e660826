import assert from 'node:assert/strict';
import { afterFailure, claim, newQueueItem, pauseMs, type QueueItem } from '../../src/delivery/queueItem.ts';
import { onEveryAdapter, type Stores } from '../support/adapters.ts';
import { sampleCapture } from '../support/samples.ts';
import { upTo } from '../support/upTo.ts';

const now = new Date('2026-03-01T12:00:00Z');
const afterLease = new Date(now.getTime() + pauseMs(1, 0));
const messageId = 'projects/p/topics/t/messages/1';

onEveryAdapter('the queue', (open) => {
  let tweets: Stores['tweets'];
  let outbox: Stores['outbox'];
  beforeEach(() => {
    ({ tweets, outbox } = open());
  });

  const queued = async (count: number) => {
    for (let index = 0; index < count; index += 1) {
      const capture = sampleCapture(now);
      await tweets.create(capture);
      await outbox.enqueue(newQueueItem(capture, 'down', now));
    }
  };
  const claimDue = (at: Date, limit = 10) => outbox.claimDue(at, upTo(limit), (item) => claim(item, at, 0));
  const claimOne = async (at = now) => {
    const [item] = await claimDue(at);
    assert.ok(item);
    return item;
  };

  it('gives a claimed item to nobody else before its lease ends', async () => {
    await queued(1);
    assert.equal((await claimOne()).attempts, 1);
    assert.deepEqual(await claimDue(new Date(afterLease.getTime() - 1)), []);
    assert.equal((await claimOne(afterLease)).attempts, 2);
  });

  it('gives no item to two callers at once', async () => {
    await queued(12);
    const claims = await Promise.all([claimDue(now, 4), claimDue(now, 4), claimDue(now, 4)]);
    const ids = claims.flat().map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length);
  });

  it('moves queued to published and forgets the item', async () => {
    await queued(1);
    const item = await claimOne();
    await outbox.settlePublished([{ item, messageId }], now);
    const tweet = await tweets.read(item.id);
    assert.deepEqual([tweet?.messageId, tweet?.publishedAt, tweet?.pendingSince], [messageId, now, null]);
    assert.deepEqual(await claimDue(afterLease), []);
  });

  it('settles a published item once: a second outcome changes nothing', async () => {
    await queued(1);
    const item = await claimOne();
    await outbox.settlePublished([{ item, messageId }], now);
    await outbox.settlePublished([{ item, messageId: 'another' }], afterLease);
    const next = afterFailure(item, 'down', now);
    await outbox.settleFailed([next]);
    assert.equal((await tweets.read(item.id))?.messageId, messageId);
    assert.equal(await outbox.countDue(new Date('2100-01-01')), 0);
  });

  it('puts a failed attempt off until its backoff is over', async () => {
    await queued(1);
    const item = await claimOne();
    const next = afterFailure(item, 'Pub/Sub answered 503', now);
    await outbox.settleFailed([next]);
    const due = next.nextAttemptAt as Date;
    assert.deepEqual(await claimDue(new Date(due.getTime() - 1)), []);
    assert.equal((await claimOne(due)).errorMessage, 'Pub/Sub answered 503');
  });

  it('keeps a dead letter without ever making it due', async () => {
    await queued(1);
    const item = await claimOne();
    const next: QueueItem = { ...item, status: 'failed', nextAttemptAt: null };
    await outbox.settleFailed([next]);
    assert.equal(await outbox.countDue(new Date('2100-01-01')), 0);
  });

  it('ignores the failure of a claim that another run has taken over', async () => {
    await queued(1);
    const stale = await claimOne();
    const held = await claimOne(afterLease);
    const next = afterFailure(stale, 'stale', afterLease);
    await outbox.settleFailed([next]);
    const due = held.nextAttemptAt as Date;
    assert.deepEqual(await claimDue(new Date(due.getTime() - 1)), []);
    assert.equal((await claimOne(due)).errorMessage, held.errorMessage);
  });
});
