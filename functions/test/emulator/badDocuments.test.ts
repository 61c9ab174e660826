import assert from 'node:assert/strict';
import type { Firestore } from 'firebase-admin/firestore';
import { ORPHAN_AFTER_MS } from '../../src/delivery/policy.ts';
import { toQueueItemResponse } from '../../src/delivery/queuedTweet.ts';
import { requeue } from '../../src/delivery/queueItem.ts';
import { retryQueue } from '../../src/delivery/retryQueue.ts';
import { createOutbox } from '../../src/platform/firestore/outbox.ts';
import { createPersonalData } from '../../src/platform/firestore/personalData.ts';
import { createQueueOperations } from '../../src/platform/firestore/queueOperations.ts';
import { createTweetLists } from '../../src/platform/firestore/tweetLists.ts';
import { createTweetStore } from '../../src/platform/firestore/tweetStore.ts';
import { captured, queued } from '../support/fill.ts';
import { emptyFirestore } from '../support/firestore.ts';
import { memoryServices } from '../support/memory/services.ts';

const USER = 'user';

/** Documents as an older version, or a hand in the console, may have left them. */
describe('a document that cannot be used', function () {
  this.timeout(60_000);
  let db: Firestore;
  let memory: ReturnType<typeof memoryServices>;
  let services: ReturnType<typeof memoryServices>['services'];
  beforeEach(() => {
    memory = memoryServices();
    db = emptyFirestore();
    services = {
      ...memory.services,
      tweets: createTweetStore(db),
      outbox: createOutbox(db),
      queueOperations: createQueueOperations(db),
      personalData: createPersonalData(db),
      tweetLists: createTweetLists(db),
    };
  });
  const now = () => memory.clock.now();
  const told = () => memory.lines.filter(({ event }) => event === 'dead_letter').map(({ fields }) => fields);
  const itemOf = async (id: string) => (await db.doc(`queue/${id}`).get()).data();
  const pending = () => ({ userId: USER, tweetId: '1', status: 'captured', pendingSince: now() });

  const tweets: Record<string, () => object> = {
    'without its content': () => ({
      ...pending(),
      createdAt: now(),
      source: 'archive',
      requestId: 'request',
    }),
    'without a tweet id in its content': () => ({
      ...pending(),
      createdAt: now(),
      requestId: 'r',
      rawData: {},
    }),
    'whose content is no object': () => ({ ...pending(), createdAt: now(), requestId: 'r', rawData: 'text' }),
    'without a request id': () => ({ ...pending(), createdAt: now(), rawData: { tweetId: '1' } }),
    'whose time of capture is text': () => ({
      ...pending(),
      createdAt: '2026-03-01',
      requestId: 'r',
      rawData: { tweetId: '1' },
    }),
    'that has nothing else': () => ({ pendingSince: now() }),
  };
  for (const [kind, bad] of Object.entries(tweets)) {
    it(`is a tweet ${kind}: a dead letter with the reason, and the others are recovered and published`, async () => {
      await db.doc('tweets/user_1').set(bad());
      const [good] = await captured(services, 1, USER);
      memory.clock.advance(ORPHAN_AFTER_MS);
      const { recovered, published, deadLetters } = await retryQueue(services);
      assert.deepEqual([recovered, published, deadLetters], [2, 1, 1]);
      assert.deepEqual([memory.sent.length, memory.sent[0]?.attributes.dedupeKey], [1, good?.id]);
      const item = await itemOf('user_1');
      assert.match(item?.errorMessage, /^The stored tweet cannot be published: ./);
      assert.deepEqual([item?.status, item?.nextAttemptAt], ['failed', undefined]);
      const tweet = await db.doc('tweets/user_1').get();
      assert.deepEqual([tweet.get('status'), tweet.get('pendingSince')], ['failed', undefined]);
      assert.deepEqual(
        told().map(({ id }) => id),
        ['user_1'],
      );
      assert.deepEqual(memory.alerts, [['user_1']]);
      // It is seen, retried and given up like any other.
      const [shown] = await services.queueOperations.list({ status: 'failed' }, 10, null);
      assert.equal(shown && toQueueItemResponse(shown).tweetId, '1');
      assert.equal(await services.queueOperations.requeue(['user_1'], (found) => requeue(found, now())), 1);
      assert.equal((await retryQueue(services)).deadLetters, 1);
      assert.equal(memory.sent.length, 1);
      assert.equal(await services.queueOperations.abandon(['user_1'], now(), () => true), 1);
    });
  }

  it('is a tombstone that is marked as pending: it does not stop the adoption of the others', async () => {
    await db.doc('tweets/user_1').set({ ...pending(), deletedAt: now() });
    await captured(services, 1, USER);
    memory.clock.advance(ORPHAN_AFTER_MS);
    assert.equal((await retryQueue(services)).published, 1);
    assert.equal((await db.doc('tweets/user_1').get()).get('pendingSince'), undefined);
  });

  const items: Record<string, () => object> = {
    'with its time only': () => ({ nextAttemptAt: now() }),
    'without its message': () => ({ userId: USER, status: 'pending', attempts: 0, nextAttemptAt: now() }),
    'with fields of other types': () => ({
      userId: 7,
      status: 'waiting',
      attempts: 'many',
      nextAttemptAt: now(),
      lastAttemptAt: 'yesterday',
      attributes: 'none',
      tweetData: [],
      createdAt: 'today',
      errorMessage: {},
    }),
  };
  for (const [kind, bad] of Object.entries(items)) {
    it(`is an item of the queue ${kind}: a dead letter with the reason, and the others are published`, async () => {
      await queued(services, 2, USER);
      await db.doc('queue/user_1').set(bad());
      const { published, deadLetters, left } = await retryQueue(services);
      assert.deepEqual([published, deadLetters, left, memory.sent.length], [2, 1, 0, 2]);
      const item = await itemOf('user_1');
      assert.equal(item?.status, 'failed');
      assert.match(item?.errorMessage, /^The stored tweet cannot be published: ./);
    });
  }

  it('is an item whose tweet is gone: the others are settled, and it is, too', async () => {
    const [gone] = await queued(services, 3, USER);
    await db.doc(`tweets/${gone?.id}`).delete();
    assert.deepEqual((await retryQueue(services)).published, 3);
    assert.equal((await db.collection('queue').count().get()).data().count, 0);
    assert.equal(await services.tweets.read(gone?.id ?? ''), null);
  });

  it('is shown in the queue, erased and exported beside the others', async () => {
    await queued(services, 1, USER);
    await db.doc('queue/user_1').set({ userId: USER, createdAt: now(), attempts: 'many' });
    await db.doc('tweets/user_1').set({ userId: USER, createdAt: now() });
    const shown = await services.outbox.listForUser(USER, 10, null);
    assert.equal(shown.map(toQueueItemResponse).length, 2);
    const kinds: string[] = [];
    for await (const { kind } of services.personalData.read(USER)) kinds.push(kind);
    assert.deepEqual(kinds.sort(), ['queueItem', 'queueItem', 'tweet', 'tweet']);
    while ((await services.personalData.erase(USER, 10)) > 0);
    for (const name of ['tweets', 'queue']) assert.equal((await db.collection(name).get()).size, 0);
  });
});
