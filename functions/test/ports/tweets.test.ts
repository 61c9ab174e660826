import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { claim, newQueueItem } from '../../src/delivery/queueItem.ts';
import type { Capture } from '../../src/tweets/tweet.ts';
import { onEveryAdapter, type Stores } from '../support/adapters.ts';
import { sampleCapture } from '../support/samples.ts';
import { upTo } from '../support/upTo.ts';

const now = new Date('2026-03-01T12:00:00Z');
const later = new Date(now.getTime() + 60_000);
const messageId = 'projects/p/topics/t/messages/1';

onEveryAdapter('the tweet store', (open) => {
  let tweets: Stores['tweets'];
  let outbox: Stores['outbox'];
  let capture: Capture;
  beforeEach(() => {
    ({ tweets, outbox } = open());
    capture = sampleCapture(now);
  });

  const state = async () => {
    const stored = await tweets.read(capture.id);
    return (
      stored && {
        messageId: stored.messageId,
        publishedAt: stored.publishedAt,
        pendingSince: stored.pendingSince,
      }
    );
  };
  const enqueue = (reason = 'down') => outbox.enqueue(newQueueItem(capture, reason, now));
  const claimAll = (at = now) => outbox.claimDue(at, upTo(10), (item) => claim(item, at, 0));

  it('stores a capture as pending and gives it back field for field', async () => {
    assert.equal(await tweets.create(capture), 'created');
    assert.deepEqual(await tweets.read(capture.id), {
      ...capture,
      status: 'captured',
      messageId: null,
      publishedAt: null,
      pendingSince: now,
    });
  });

  it('knows no tweet that was not captured', async () => {
    assert.equal(await tweets.read(capture.id), null);
  });

  it('lets exactly one of 50 parallel captures of a tweet through', async () => {
    const attempts = Array.from({ length: 50 }, (_, index) => ({
      ...capture,
      operationId: `operation-${index}`,
    }));
    const outcomes = await Promise.all(attempts.map((attempt) => tweets.create(attempt)));
    assert.equal(outcomes.filter((outcome) => outcome === 'created').length, 1);
  });

  it('takes its own earlier write for a success, as after a commit whose answer was lost', async () => {
    assert.equal(await tweets.create(capture), 'created');
    assert.equal(await tweets.create(capture), 'created');
    assert.equal(await tweets.create({ ...capture, operationId: 'another' }), 'duplicate');
  });

  it('moves captured to published, once', async () => {
    await tweets.create(capture);
    await outbox.markPublished(capture.id, messageId, later);
    await outbox.markPublished(capture.id, 'another', now);
    assert.deepEqual(await state(), { messageId, publishedAt: later, pendingSince: null });
  });

  it('moves captured to queued, where the item is due at once', async () => {
    await tweets.create(capture);
    await enqueue();
    assert.deepEqual(await state(), { messageId: null, publishedAt: null, pendingSince: null });
    assert.equal(await outbox.countDue(now), 1);
    assert.deepEqual(await claimAll(), [claim(newQueueItem(capture, 'down', now), now, 0)]);
  });

  it('neither queues a published tweet nor marks a queued one as if the trigger had published it', async () => {
    await tweets.create(capture);
    await outbox.markPublished(capture.id, messageId, now);
    await enqueue();
    assert.equal(await outbox.countDue(now), 0);

    capture = sampleCapture(now);
    await tweets.create(capture);
    await enqueue();
    await outbox.markPublished(capture.id, messageId, now);
    assert.equal((await state())?.messageId, null);
    assert.equal(await outbox.countDue(now), 1);
  });

  it('does nothing for a tweet that does not exist', async () => {
    await outbox.markPublished(capture.id, messageId, now);
    await enqueue();
    assert.equal(await tweets.read(capture.id), null);
    assert.equal(await outbox.countDue(now), 0);
  });

  it('adopts only what has been pending long enough, up to the limit', async () => {
    const old = [sampleCapture(now), sampleCapture(now), sampleCapture(now)];
    for (const each of [...old, sampleCapture(later)]) await tweets.create(each);
    const adopt = () => outbox.recoverOrphans(now, 2, (tweet) => newQueueItem(tweet, 'lost', later));
    assert.equal(await adopt(), 2);
    assert.equal(await adopt(), 1);
    assert.equal(await adopt(), 0);
    assert.equal(await outbox.countDue(later), 3);
  });

  describe('tells who waits for a tweet', () => {
    let over: AbortController;
    beforeEach(async () => {
      over = new AbortController();
      await tweets.create(capture);
    });
    afterEach(() => over.abort());
    const settled = (id = capture.id) => tweets.waitUntilSettled(id, over.signal);
    /** Long enough for a look at what is there. */
    const soon = () => sleep(300);

    it('when it has been published', async () => {
      const waited = settled();
      await soon();
      await outbox.markPublished(capture.id, messageId, later);
      const outcome = await waited;
      assert.deepEqual(outcome, await tweets.read(capture.id));
      assert.equal(outcome?.messageId, messageId);
    });

    it('when it has been queued', async () => {
      const waited = settled();
      await soon();
      await enqueue();
      assert.equal((await waited)?.status, 'queued');
    });

    it('at once where that has happened already', async () => {
      await enqueue();
      assert.equal((await settled())?.status, 'queued');
    });

    it('nothing as long as it is pending, and that there is nothing once they do not wait any more', async () => {
      const waited = settled();
      assert.equal(await Promise.race([waited, soon().then(() => 'waiting')]), 'waiting');
      over.abort();
      assert.equal(await waited, null);
    });

    it('that there is none, or that it has been deleted', async () => {
      assert.equal(await settled(sampleCapture(now).id), null);
      const waited = settled();
      await soon();
      await tweets.remove(capture.id, now);
      assert.equal(await waited, null);
    });
  });
});
