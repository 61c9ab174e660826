import assert from 'node:assert/strict';
import type { Firestore } from 'firebase-admin/firestore';
import type { Services } from '../../src/app/services.ts';
import { CLAIM_DEAD_AFTER_MS, ORPHAN_AFTER_MS } from '../../src/delivery/policy.ts';
import type { Publisher } from '../../src/delivery/ports.ts';
import { newQueueItem, type OutboundMessage, requeue } from '../../src/delivery/queueItem.ts';
import { retryQueue } from '../../src/delivery/retryQueue.ts';
import { createOutbox } from '../../src/platform/firestore/outbox.ts';
import { createPersonalData } from '../../src/platform/firestore/personalData.ts';
import { createQueueOperations } from '../../src/platform/firestore/queueOperations.ts';
import { createTweetStore } from '../../src/platform/firestore/tweetStore.ts';
import { ERASURE } from '../../src/privacy/eraseAccounts.ts';
import { archivedTweetFields, type Capture } from '../../src/tweets/tweet.ts';
import { emptyFirestore } from '../support/firestore.ts';
import { memoryServices } from '../support/memory/services.ts';
import { sampleCapture } from '../support/samples.ts';
import { upTo } from '../support/upTo.ts';
import { watchCommits } from '../support/wireBytes.ts';

/** What Firestore takes in one commit, and Pub/Sub in one publish request. */
const COMMIT_LIMIT = 10 * 1024 * 1024;
const PUBLISH_LIMIT = 10_000_000;
const COUNT = 60;

/** As large as a stored tweet may become; the schema of today's requests refuses it. */
const LARGE = '漢'.repeat((256 * 1024) / 3);
/** A character that JSON escapes takes six bytes in a message and one in Firestore. */
const ESCAPED = '\u0001'.repeat((256 * 1024) / 6);

describe('tweets of 256 KiB', function () {
  this.timeout(300_000);
  let db: Firestore;
  let services: Services;
  let clock: ReturnType<typeof memoryServices>['clock'];
  let commits: number[];
  let requests: number[];
  let sent: OutboundMessage[];

  beforeEach(() => {
    const memory = memoryServices();
    clock = memory.clock;
    db = emptyFirestore();
    requests = [];
    sent = [];
    const publisher: Publisher = {
      async publish(messages) {
        const encoded = messages.map(({ data, attributes }) => ({
          data: Buffer.from(JSON.stringify({ data, attributes })).toString('base64'),
          attributes,
        }));
        requests.push(Buffer.byteLength(JSON.stringify({ messages: encoded })));
        sent.push(...messages.map(({ data, attributes }) => ({ data, attributes })));
        return messages.map((_, index) => `projects/p/topics/t/messages/${index}`);
      },
    };
    services = {
      ...memory.services,
      tweets: createTweetStore(db),
      outbox: createOutbox(db),
      queueOperations: createQueueOperations(db),
      personalData: createPersonalData(db),
      publisher,
    };
    commits = watchCommits(db);
  });
  const now = () => clock.now();

  const large = (text: string, count = COUNT, userId = 'user'): Capture[] =>
    Array.from({ length: count }, () => {
      const capture = sampleCapture(now(), userId);
      return { ...capture, fields: { ...capture.fields, tweetText: text } };
    });
  const captured = async (text: string, count?: number, userId?: string) => {
    const captures = large(text, count, userId);
    await Promise.all(captures.map((capture) => services.tweets.create(capture)));
    return captures;
  };
  const queued = async (text: string, count?: number, userId?: string) => {
    const captures = await captured(text, count, userId);
    const items = captures.map((capture) => newQueueItem(capture, 'down', now()));
    await Promise.all(items.map((item) => services.outbox.enqueue(item)));
    return captures;
  };
  const assertBounded = () => {
    assert.ok(commits.length > 0);
    assert.ok(Math.max(...commits) < COMMIT_LIMIT, `a commit of ${Math.max(...commits)} bytes`);
    assert.ok(
      Math.max(0, ...requests) < PUBLISH_LIMIT,
      `a publish request of ${Math.max(...requests)} bytes`,
    );
  };

  for (const [kind, text] of Object.entries({
    'three-byte characters': LARGE,
    'escaped characters': ESCAPED,
  })) {
    it(`of ${kind} leave the queue in commits and publish requests below the limits`, async () => {
      const captures = await queued(text);
      commits.length = 0;
      const { published, left } = await retryQueue(services);
      assert.deepEqual([published, left, sent.length], [COUNT, 0, COUNT]);
      assert.ok(requests.length <= COUNT / 15, `${requests.length} publish requests`);
      const ids = captures.map(({ fields: tweet }) => tweet.tweetId).sort();
      assert.deepEqual(sent.map(({ data }) => data.tweetId).sort(), ids);
      assert.ok(sent.every(({ data }) => data.tweetText === text));
      assertBounded();
      // Claims and outcomes are written without the tweets.
      assert.ok(Math.max(...commits) < 200_000, `a commit of ${Math.max(...commits)} bytes`);
    });
  }

  it('are claimed no more at a time than fit into memory', async () => {
    await queued(LARGE, 40);
    const claimed = await services.outbox.claimDue(now(), upTo(150), (item) => item);
    assert.equal(claimed.length, 23);
  });

  it('whose trigger was lost are recovered in commits below the limit', async () => {
    await captured(LARGE);
    clock.advance(ORPHAN_AFTER_MS);
    commits.length = 0;
    const { recovered, published } = await retryQueue(services);
    assert.deepEqual([recovered, published], [COUNT, COUNT]);
    assertBounded();
  });

  it('of 1 MiB, the most that Firestore stores, are recovered as well', async () => {
    await captured('x'.repeat(1_000_000), 8);
    clock.advance(ORPHAN_AFTER_MS);
    commits.length = 0;
    const { recovered, published } = await retryQueue(services);
    assert.deepEqual([recovered, published], [8, 8]);
    assertBounded();
  });

  it('become failed, due and given up without being written again', async () => {
    const ids = (await queued(LARGE, 20)).map(({ id }) => id);
    commits.length = 0;
    services.publisher = { publish: () => Promise.reject(new Error('the process dies here')) };
    await assert.rejects(retryQueue(services));
    clock.advance(CLAIM_DEAD_AFTER_MS);
    await services.queueOperations.requeue(ids, (item) => requeue(item, now()));
    await services.queueOperations.abandon(ids, now(), () => true);
    assert.ok(Math.max(...commits) < 100_000, `a commit of ${Math.max(...commits)} bytes`);
    assert.equal((await db.collection('queue').count().get()).data().count, 0);
  });

  it('are created by a batch in requests below the limit', async () => {
    assert.deepEqual(await services.tweets.createAll(large(LARGE)), Array(COUNT).fill('created'));
    assertBounded();
    // The emulator refuses a request of 4 MiB.
    assert.ok(Math.max(...commits) < 4 * 1024 * 1024, `a request of ${Math.max(...commits)} bytes`);
  });

  it('in a batch that adds to what is stored come in commits below the limit, and all of them', async () => {
    const rich = large(LARGE);
    const poor = rich.map((capture) => ({
      ...capture,
      operationId: 'poor',
      fields: archivedTweetFields.parse({ tweetId: capture.fields.tweetId }),
    }));
    await services.tweets.createAll(poor);
    commits.length = 0;
    assert.deepEqual(await services.tweets.createAll(rich), Array(COUNT).fill('enriched'));
    assertBounded();
    const { fields: tweet, revision } = (await services.tweets.read(rich.at(-1)?.id ?? '')) ?? {};
    assert.deepEqual([tweet, revision], [rich.at(-1)?.fields, 2]);
  });

  it('are erased in commits below the limit', async () => {
    await queued(LARGE, 20);
    commits.length = 0;
    while ((await services.personalData.erase('user', ERASURE.maxDocuments)) > 0);
    assertBounded();
    assert.equal((await db.collection('tweets').count().get()).data().count, 0);
  });
});
