import assert from 'node:assert/strict';
import type { Firestore } from 'firebase-admin/firestore';
import type { Outbox } from '../../src/delivery/ports.ts';
import { newQueueItem } from '../../src/delivery/queueItem.ts';
import { createLoginAttemptStore } from '../../src/platform/firestore/loginAttemptStore.ts';
import { createOutbox } from '../../src/platform/firestore/outbox.ts';
import { createTweetStore } from '../../src/platform/firestore/tweetStore.ts';
import type { TweetStore } from '../../src/tweets/ports.ts';
import { emptyFirestore } from '../support/firestore.ts';
import { sampleCapture } from '../support/samples.ts';

const now = new Date('2026-03-01T12:00:00Z');

describe('a write that another one has overtaken', () => {
  let db: Firestore;
  let tweets: TweetStore;
  let outbox: Outbox;
  beforeEach(() => {
    db = emptyFirestore();
    tweets = createTweetStore(db);
    outbox = createOutbox(db);
  });

  /** Lets something else happen before the next commit. */
  const beforeCommit = (happen: () => Promise<unknown>) => {
    const wire = db as unknown as { request(method: string, ...more: unknown[]): Promise<unknown> };
    const { request } = wire;
    wire.request = async (method, ...more) => {
      if (method === 'commit') {
        wire.request = request;
        await happen();
      }
      return await request.call(db, method, ...more);
    };
  };

  it('marks no tweet as published that was queued since its event', async () => {
    const capture = sampleCapture(now);
    await tweets.create(capture);
    const { updateTime } = await db.doc(`tweets/${capture.id}`).get();
    await outbox.enqueue(newQueueItem(capture, 'down', now));
    await outbox.markPublished(capture.id, 'a message', now, updateTime);
    const tweet = await tweets.read(capture.id);
    assert.deepEqual([tweet?.status, tweet?.messageId], ['queued', null]);
    assert.equal(await outbox.countDue(now), 1);
  });

  it('marks none as published that is queued between the look at it and the commit', async () => {
    const capture = sampleCapture(now);
    await tweets.create(capture);
    beforeCommit(() => outbox.enqueue(newQueueItem(capture, 'down', now)));
    await outbox.markPublished(capture.id, 'a message', now);
    assert.equal((await tweets.read(capture.id))?.status, 'queued');
  });

  it('is made again where the document was deleted meanwhile', async () => {
    const loginAttempts = createLoginAttemptStore(db);
    const count = () =>
      loginAttempts.update('a@example.com', (stored) => ({
        attempts: { dayStart: 0, failures: (stored?.failures ?? 0) + 1, sources: {} },
        result: null,
      }));
    await count();
    await count();
    beforeCommit(async () => {
      for (const { ref } of (await db.collection('guesses').get()).docs) await ref.delete();
    });
    await count();
    const [stored] = (await db.collection('guesses').get()).docs;
    assert.equal(stored?.get('failures'), 1);
  });
});
