import assert from 'node:assert/strict';
import { afterFailure, claim, newQueueItem, type QueueItem } from '../../src/delivery/queueItem.ts';
import type { Capture } from '../../src/tweets/tweet.ts';
import { onEveryAdapter, type Stores } from '../support/adapters.ts';
import { collect } from '../support/collect.ts';
import { sampleCapture } from '../support/samples.ts';
import { upTo } from '../support/upTo.ts';

const now = new Date('2026-03-01T12:00:00Z');
const later = new Date(now.getTime() + 60_000);
const farAway = new Date('2100-01-01');
const messageId = 'projects/p/topics/t/messages/1';

onEveryAdapter('a deleted tweet', (open) => {
  let stores: Stores;
  let tweets: Stores['tweets'];
  let outbox: Stores['outbox'];
  let capture: Capture;
  beforeEach(async () => {
    stores = open();
    ({ tweets, outbox } = stores);
    capture = sampleCapture(now);
    await tweets.create(capture);
  });

  const enqueue = () => outbox.enqueue(newQueueItem(capture, 'down', now));
  const claimDue = (at = now) => outbox.claimDue(at, upTo(10), (item) => claim(item, at, 0));
  const remove = (at = later) => tweets.remove(capture.id, at);
  const claimed = async () => {
    await enqueue();
    const [item] = await claimDue();
    return item as QueueItem;
  };
  /** That only its tombstone is there. */
  const assertDeleted = async () => {
    const { userId, fields: tweet } = capture;
    assert.equal(await tweets.read(capture.id), null);
    assert.deepEqual(await collect(stores.personalData.read(userId)), [
      { kind: 'deletedTweet', id: capture.id, data: { userId, tweetId: tweet.tweetId, deletedAt: later } },
    ]);
    assert.deepEqual(await stores.tweetLists.tweets(userId, {}, 10, null), []);
    assert.equal(await outbox.countDue(farAway), 0);
    assert.equal(await outbox.recoverOrphans(farAway, 10, (tweet) => newQueueItem(tweet, 'lost', now)), 0);
  };

  const STATES: Record<string, () => Promise<unknown>> = {
    captured: async () => {},
    published: () => outbox.markPublished(capture.id, messageId, now),
    queued: enqueue,
    claimed,
    failed: async () => {
      await enqueue();
      await outbox.claimDue(now, upTo(1), (item) => ({ ...item, status: 'failed', nextAttemptAt: null }));
    },
  };
  for (const [state, bring] of Object.entries(STATES)) {
    it(`leaves nothing but a tombstone when it was ${state}`, async () => {
      await bring();
      assert.equal(await remove(), 'deleted');
      await assertDeleted();
    });
  }

  it('is not captured again, not even by the write that captured it', async () => {
    await remove();
    assert.equal(await tweets.create(capture), 'duplicate');
    assert.equal(await tweets.create({ ...capture, operationId: 'another' }), 'duplicate');
    await assertDeleted();
  });

  it('is left alone by a trigger that comes late', async () => {
    await remove();
    await outbox.markPublished(capture.id, messageId, now);
    await enqueue();
    await assertDeleted();
  });

  it('is left alone by a retry run that had claimed it before', async () => {
    const item = await claimed();
    await remove();
    await outbox.settleFailed([afterFailure(item, 'down', now)]);
    await outbox.settleFailed([{ ...item, status: 'failed', nextAttemptAt: null }]);
    await outbox.settlePublished([{ item, messageId }], now);
    await assertDeleted();
  });

  it('cannot be deleted once more, but for a commit that meets its own write', async () => {
    await remove();
    assert.equal(await remove(), 'deleted');
    assert.equal(await remove(now), 'unknown');
    await assertDeleted();
  });

  it('must have been there', async () => {
    const { id } = sampleCapture(now);
    assert.equal(await tweets.remove(id, now), 'unknown');
    assert.equal(await tweets.create(capture), 'created');
  });

  it('is deleted by one of many at the same time, whatever else moves it', async () => {
    await enqueue();
    const times = Array.from({ length: 3 }, (_, index) => new Date(now.getTime() + index));
    const [outcomes] = await Promise.all([Promise.all(times.map(remove)), claimDue()]);
    assert.deepEqual(outcomes.sort(), ['deleted', ...Array(2).fill('unknown')]);
    assert.equal(await tweets.read(capture.id), null);
    assert.equal(await outbox.countDue(farAway), 0);
  });

  it('is erased with everything else of its user', async () => {
    await remove();
    assert.equal(await stores.personalData.erase(capture.userId, 10), 1);
    assert.deepEqual(await collect(stores.personalData.read(capture.userId)), []);
  });
});
