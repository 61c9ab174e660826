import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Services } from '../../src/app/services.ts';
import { RETRY_SETTINGS } from '../../src/delivery/policy.ts';
import { newQueueItem } from '../../src/delivery/queueItem.ts';
import { retryQueue } from '../../src/delivery/retryQueue.ts';
import { createOutbox } from '../../src/platform/firestore/outbox.ts';
import { createTweetStore } from '../../src/platform/firestore/tweetStore.ts';
import { createPubsub } from '../../src/platform/pubsub/publisher.ts';
import { countOperations, NONE } from '../support/countOperations.ts';
import { emptyFirestore } from '../support/firestore.ts';
import { memoryServices } from '../support/memory/services.ts';
import { type Subscription, subscribe } from '../support/pubsub.ts';
import { sampleCapture } from '../support/samples.ts';

/** DRAIN_ITEMS=10000 measures the table of docs/delivery.md anew. */
const ITEMS = Number(process.env.DRAIN_ITEMS ?? 1000);

/** The retry on the Firestore and Pub/Sub emulators, in a project of its own. */
describe('the retry run on a long queue', function () {
  this.timeout(60_000 + 60 * ITEMS);
  let services: Services;
  let messages: Subscription;
  let operations: ReturnType<typeof countOperations>;
  let log: ReturnType<typeof memoryServices>['lines'];

  beforeEach(async () => {
    const projectId = `demo-${randomUUID()}`;
    const memory = memoryServices();
    log = memory.lines;
    messages = await subscribe('drain', projectId);
    const { publisher } = createPubsub({
      name: `projects/${projectId}/topics/tweet-likes-raw`,
      accessToken: () => Promise.reject(new Error('the emulator needs none')),
      emulatorHost: process.env.PUBSUB_EMULATOR_HOST,
      deadlineMs: 10_000,
    });
    const db = emptyFirestore();
    operations = countOperations(db);
    services = { ...memory.services, tweets: createTweetStore(db), outbox: createOutbox(db), publisher };
    const now = services.clock.now();
    const captures = Array.from({ length: ITEMS }, () => sampleCapture(now));
    for (let start = 0; start < ITEMS; start += 50) {
      const part = captures.slice(start, start + 50);
      await Promise.all(part.map((capture) => services.tweets.create(capture)));
      await Promise.all(part.map((capture) => services.outbox.enqueue(newQueueItem(capture, 'down', now))));
    }
  });

  const deduplicated = async () => {
    const keys = (await messages.pullAll()).map(({ attributes }) => attributes.dedupeKey);
    return { all: keys.length, different: new Set(keys).size };
  };

  it(`drains ${ITEMS} items in one run, at about 3 reads, 2 writes and a delete for each`, async () => {
    Object.assign(operations, NONE);
    const startedAt = performance.now();
    const run = await retryQueue(services);
    const seconds = (performance.now() - startedAt) / 1000;
    const reads = operations.reads / ITEMS;
    console.log(`      ${seconds.toFixed(1)} s; an item: ${reads.toFixed(2)} reads`);
    assert.deepEqual([run.published, run.failed, run.left], [ITEMS, 0, 0]);
    assert.deepEqual(await deduplicated(), { all: ITEMS, different: ITEMS });
    assert.ok(reads > 2.9 && reads < 4, `${reads} reads`);
    assert.deepEqual([operations.writes, operations.deletes], [2 * ITEMS, ITEMS]);
  });

  it('reads twice and writes nothing where nothing is due', async () => {
    await retryQueue(services);
    Object.assign(operations, NONE);
    assert.equal((await retryQueue(services)).published, 0);
    assert.deepEqual(operations, { ...NONE, reads: 2 });
  });

  it('publishes no item twice when two runs overlap', async () => {
    const [one, two] = await Promise.all([retryQueue(services), retryQueue(services)]);
    assert.equal(one.published + two.published, ITEMS);
    assert.deepEqual(await deduplicated(), { all: ITEMS, different: ITEMS });
  });

  it('ends at an outage met in the first batch without spending the attempts of the rest', async () => {
    const { publisher } = createPubsub({
      name: 'projects/p/topics/t',
      accessToken: () => Promise.reject(new Error('unused')),
      emulatorHost: '127.0.0.1:9',
      deadlineMs: 1000,
    });
    const run = await retryQueue({ ...services, publisher });
    assert.deepEqual(
      [run.outage, run.published, run.failed, run.left],
      [true, 0, RETRY_SETTINGS.maxClaimItems, ITEMS - RETRY_SETTINGS.maxClaimItems],
    );
    assert.equal(log.find(({ event }) => event === 'retry_run')?.severity, 'WARNING');
  });
});
