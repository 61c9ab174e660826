import assert from 'node:assert/strict';
import { newUser, send } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import { functionsFirestore } from '../support/firestore.ts';
import { subscribe } from '../support/pubsub.ts';
import { suite } from '../support/suite.ts';

const CAPTURES = 10;
const ANSWER_WITHIN_MS = 800 + 500;

const outages: Record<string, () => Promise<unknown>> = {
  'connections to Pub/Sub are cut': suite.pubsub.cut,
  'Pub/Sub accepts connections and never answers': suite.pubsub.hang,
  'the Pub/Sub process is killed': suite.pubsub.kill,
};

describe('an outage of Pub/Sub', () => {
  const db = functionsFirestore();
  const inQueue = async (userId: string) =>
    (await db.collection('queue').where('userId', '==', userId).get()).docs.map((document) =>
      document.data(),
    );

  afterEach(async () => {
    await suite.pubsub.restore();
  });

  for (const [what, begin] of Object.entries(outages)) {
    it(`loses nothing while ${what}: queued in time, told by health, published by one retry run`, async function () {
      this.timeout(90_000);
      await subscribe('outage');
      const early = await newUser();
      // The trigger remembers the last outage for some seconds.
      await eventually('published', async () => (await early.capture()).body.status === 'published', 15_000);
      const user = await newUser();

      await begin();
      const tweetIds: string[] = [];
      for (let count = 0; count < CAPTURES; count += 1) {
        const startedAt = performance.now();
        const { status, body } = await user.capture();
        const took = performance.now() - startedAt;
        assert.deepEqual([status, body.status], [200, 'queued']);
        assert.ok(took < ANSWER_WITHIN_MS, `answered after ${took} ms`);
        tweetIds.push(body.tweetId);
      }
      await eventually('all queued', async () => (await inQueue(user.userId)).length === CAPTURES, 15_000);
      for (const item of await inQueue(user.userId)) {
        assert.equal(item.status, 'pending');
        assert.match(item.errorMessage, /^Pub\/Sub (did not answer within|could not be reached)/);
      }
      await eventually(
        'unhealthy',
        async () => {
          const { status, body } = await send('GET', '/api/health');
          return (
            status === 503 &&
            body.services.pubsub === 'disconnected' &&
            body.services.firestore === 'connected'
          );
        },
        10_000,
      );

      if (begin === suite.pubsub.kill) await suite.pubsub.restart();
      await suite.pubsub.restore();
      const messages = await subscribe('outage');
      await suite.runSchedule('retryQueue');

      assert.deepEqual(await inQueue(user.userId), []);
      const arrived = new Set((await messages.pullAll()).map(({ attributes }) => attributes.tweetId));
      assert.deepEqual(
        tweetIds.filter((tweetId) => !arrived.has(tweetId)),
        [],
      );
      const stored = await db.collection('tweets').where('userId', '==', user.userId).get();
      assert.ok(
        stored.docs.every((tweet) => tweet.get('pubsubMessageId') && !('pendingSince' in tweet.data())),
      );
      await eventually('healthy', async () => (await send('GET', '/api/health')).status === 200, 10_000);
    });
  }
});

describe('a crash between the write and the publish', () => {
  it('loses nothing: the retry run adopts the tweet and publishes it', async function () {
    this.timeout(60_000);
    const subscription = await subscribe('crash');
    const user = await newUser();

    await suite.pubsub.hang();
    const { body } = await user.capture();
    assert.equal(body.status, 'queued');
    const workers = await suite.functionsWorkers();
    assert.ok(workers.length > 0);
    for (const pid of workers) process.kill(pid, 'SIGKILL');
    await suite.pubsub.restore();

    const tweet = functionsFirestore().doc(`tweets/${user.userId}_${body.tweetId}`);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    assert.ok((await tweet.get()).get('pendingSince'), 'the trigger must not have come through');
    await suite.runSchedule('retryQueue');
    assert.ok((await tweet.get()).get('pendingSince'), 'five minutes are not over');

    await tweet.update({ pendingSince: new Date(Date.now() - 5 * 60_000 - 1000) });
    await suite.runSchedule('retryQueue');
    assert.ok((await tweet.get()).get('pubsubMessageId'));
    const messages = (await subscription.pullAll()).filter(
      ({ attributes }) => attributes.tweetId === body.tweetId,
    );
    assert.equal(messages.length, 1);
  });
});
