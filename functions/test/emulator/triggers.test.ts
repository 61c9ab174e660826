import assert from 'node:assert/strict';
import { type DocumentSnapshot, getFirestore } from 'firebase-admin/firestore';
import functionsTest from 'firebase-functions-test';
import { services } from '../../src/app/services.ts';
import { FRESH_EVENT_MS } from '../../src/delivery/policy.ts';
import { newQueueItem } from '../../src/delivery/queueItem.ts';
import { publishTweet, retryQueue } from '../../src/index.ts';
import type { Capture } from '../../src/tweets/tweet.ts';
import { countOperations, NONE } from '../support/countOperations.ts';
import { type Subscription, subscribe } from '../support/pubsub.ts';
import { sampleCapture } from '../support/samples.ts';
import { suite } from '../support/suite.ts';

const PROJECT = 'demo-triggers';

/** In a project of their own the functions run in this process only, event by event, as the tests deliver them. */
describe('the background functions, called as the platform calls them', () => {
  const saved = { ...process.env };
  let testing: ReturnType<typeof functionsTest>;
  let messages: Subscription;
  let capture: Capture;
  let created: DocumentSnapshot;

  before(async () => {
    testing = functionsTest({ projectId: PROJECT });
    process.env.LOG_LEVEL = 'ERROR';
    messages = await subscribe('triggers', PROJECT);
    assert.equal(process.env.GCLOUD_PROJECT, PROJECT);
  });
  after(() => {
    testing.cleanup();
    Object.assign(process.env, saved);
  });
  beforeEach(async () => {
    capture = sampleCapture(new Date());
    await services().tweets.create(capture);
    created = await getFirestore().doc(`tweets/${capture.id}`).get();
  });
  afterEach(async () => {
    await suite.pubsub.restore();
  });

  /** The event of the creation; what comes again comes later. */
  const deliver = async ({ ageMs = FRESH_EVENT_MS } = {}) => {
    const time = new Date(Date.now() - ageMs).toISOString();
    await testing.wrap(publishTweet)({ data: created, params: { id: capture.id }, time });
  };
  const retry = async () => void (await retryQueue.run({ scheduleTime: new Date().toISOString() }));
  const stored = () => services().tweets.read(capture.id);
  const arrived = async () =>
    (await messages.pullAll()).filter(({ attributes }) => attributes.dedupeKey === capture.id).length;

  it('publishTweet publishes a new tweet; the same event again publishes nothing', async () => {
    await deliver();
    const tweet = await stored();
    assert.match(
      tweet?.messageId ?? '',
      new RegExp(`^projects/${PROJECT}/topics/tweet-likes-raw/messages/.+`),
    );
    assert.equal(tweet?.pendingSince, null);
    await deliver();
    assert.equal(await arrived(), 1);
  });

  it('publishTweet reads nothing of a tweet that was created just now', async () => {
    const { tweets } = services();
    const { read } = tweets;
    tweets.read = () => assert.fail('read');
    const counted = countOperations(getFirestore());
    await deliver({ ageMs: 0 });
    tweets.read = read;
    assert.deepEqual({ ...counted }, { ...NONE, writes: 1 });
    assert.equal((await stored())?.status, 'published');
    assert.equal(await arrived(), 1);
  });

  it('publishTweet publishes nothing for a tweet that is queued already', async () => {
    await services().outbox.enqueue(newQueueItem(capture, 'adopted', new Date()));
    await deliver();
    assert.equal(await arrived(), 0);
    assert.equal((await stored())?.messageId, null);
    await retry();
    assert.equal(await arrived(), 1);
  });

  it('publishTweet throws when not even the queue can be written, and the next delivery makes it good', async () => {
    const { outbox } = services();
    const { enqueue } = outbox;
    await suite.pubsub.cut();
    outbox.enqueue = () => Promise.reject(new Error('the database is down'));
    await assert.rejects(deliver(), /the database is down/);
    outbox.enqueue = enqueue;
    assert.ok((await stored())?.pendingSince);
    await deliver();
    assert.equal((await stored())?.pendingSince, null);
    await suite.pubsub.restore();
    await retry();
    assert.equal(await arrived(), 1);
  });

  it('publishTweet ignores an event of a tweet that is gone', async () => {
    const data = testing.firestore.makeDocumentSnapshot({}, 'tweets/gone');
    await testing.wrap(publishTweet)({ data, params: { id: 'gone' }, time: new Date(0).toISOString() });
  });
});
