import assert from 'node:assert/strict';
import {
  afterFailure,
  claim,
  newQueueItem,
  pauseMs,
  type QueueItem,
  toMessage,
} from '../../src/delivery/queueItem.ts';
import {
  archivedTweetFields,
  type Capture,
  liveTweetFields,
  type StoredTweet,
} from '../../src/tweets/tweet.ts';
import { onEveryAdapter, type Stores } from '../support/adapters.ts';
import { withoutData } from '../support/memory/tweets.ts';
import { completeTweet, sampleCapture } from '../support/samples.ts';
import { upTo } from '../support/upTo.ts';

const now = new Date('2026-03-01T12:00:00Z');
const plus = (milliseconds: number) => new Date(now.getTime() + milliseconds);
const later = plus(60_000);
const messageId = 'projects/p/topics/t/messages/1';

onEveryAdapter('a capture of a tweet that is stored with less', (open) => {
  let stores: Stores;
  let tweets: Stores['tweets'];
  let outbox: Stores['outbox'];
  let operations: Stores['queueOperations'];
  let poor: Capture;
  let rich: Capture;
  beforeEach(() => {
    stores = open();
    ({ tweets, outbox, queueOperations: operations } = stores);
    poor = sampleCapture(now);
    poor = {
      ...poor,
      source: 'archive',
      fields: archivedTweetFields.parse({ tweetId: poor.fields.tweetId }),
    };
    rich = captureOf({ ...completeTweet(), tweetId: poor.fields.tweetId, conversationId: '7' });
  });

  /** Another capture of the same tweet. */
  const captureOf = (body: object, at = later): Capture => {
    const { requestId, operationId } = sampleCapture(at);
    return {
      ...poor,
      fields: liveTweetFields.parse(body),
      source: 'chrome-extension',
      requestId,
      operationId,
      createdAt: at,
    };
  };
  const queued = async () => {
    await tweets.create(poor);
    await outbox.enqueue(newQueueItem(poor, 'down', now));
  };
  const claimOne = async (at: Date) => {
    const [item] = await outbox.claimDue(at, upTo(10), (due) => claim(due, at, 0));
    assert.ok(item);
    return item;
  };
  const claimed = async () => {
    await queued();
    return await claimOne(now);
  };
  const STATES: Record<string, () => Promise<unknown>> = {
    captured: () => tweets.create(poor),
    published: async () => {
      await tweets.create(poor);
      await outbox.markPublished(poor.id, messageId, now);
    },
    queued,
    claimed,
    dead: async () => {
      const item = await claimed();
      await outbox.settleFailed([{ ...item, status: 'failed', nextAttemptAt: null }]);
    },
  };
  const givenUp = async () => {
    await queued();
    await operations.abandon([poor.id], now, () => true);
  };

  const itemOf = async () => (await operations.list({}, 10, null))[0] ?? null;
  const read = async () => (await tweets.read(poor.id)) as StoredTweet;
  const enriched = () => ({
    ...poor,
    fields: rich.fields,
    revision: 2,
    requestId: rich.requestId,
    enrichedBy: rich.operationId,
  });
  const underWay = { status: 'queued', messageId: null, publishedAt: null, pendingSince: null };

  for (const [state, bring] of Object.entries(STATES)) {
    it(`fills one that was ${state}, and queues it anew, due at once`, async () => {
      await bring();
      assert.equal(await tweets.create(rich), 'enriched');
      assert.deepEqual(await read(), { ...enriched(), ...underWay });
      const item = await itemOf();
      assert.deepEqual(item, withoutData(newQueueItem(enriched(), item?.errorMessage ?? '', later)));
      assert.equal(item.attributes.revision, '2');
      const { undelivered, deadLetters, publishes } = await operations.overview(now);
      assert.deepEqual([undelivered, deadLetters, publishes], [1, 0, 0]);
    });
  }

  it('fills one that was given up, and leaves it given up', async () => {
    await givenUp();
    assert.equal(await tweets.create(rich), 'enriched');
    assert.deepEqual(await read(), { ...enriched(), ...underWay, status: 'failed', givenUpAt: now });
    assert.equal(await itemOf(), null);
  });

  it('replaces a text that was cut off, and publishes the whole one', async () => {
    poor = { ...poor, fields: { ...poor.fields, tweetText: `${rich.fields.tweetText?.slice(0, 5)}…` } };
    assert.equal(await tweets.create(poor), 'created');
    assert.equal(await tweets.create(rich), 'enriched');
    assert.equal((await tweets.read(poor.id))?.fields.tweetText, rich.fields.tweetText);
    assert.equal((await claimOne(later)).data.tweetText, rich.fields.tweetText);
  });

  it('changes nothing of one that is deleted', async () => {
    await queued();
    await tweets.remove(poor.id, now);
    assert.equal(await tweets.create(rich), 'duplicate');
    assert.deepEqual([await tweets.read(poor.id), await itemOf()], [null, null]);
  });

  it('changes nothing where it knows nothing more', async () => {
    await tweets.create(rich);
    await outbox.markPublished(rich.id, messageId, now);
    const before = await read();
    const changed = { ...rich.fields, tweetText: 'edited', capturedAt: 1, isReply: false, threadId: null };
    assert.equal(await tweets.create({ ...poor, operationId: 'poor' }), 'duplicate');
    assert.equal(await tweets.create({ ...rich, operationId: 'other', fields: changed }), 'duplicate');
    assert.deepEqual(await read(), before);
  });

  it('is enriched again by the next one that knows more, as the next revision', async () => {
    await tweets.create(poor);
    const { tweetId, tweetText, authorUsername } = rich.fields;
    const some = captureOf({ tweetId, tweetText, authorUsername, isReply: true });
    assert.equal(await tweets.create(some), 'enriched');
    assert.equal(await tweets.create(rich), 'enriched');
    const { revision, fields: stored } = await read();
    assert.deepEqual([revision, stored], [3, { ...rich.fields, ...some.fields }]);
    assert.equal((await itemOf())?.attributes.revision, '3');
  });

  it('answers the same when it is written once more, as after an answer that was lost', async () => {
    await tweets.create(poor);
    assert.equal(await tweets.create(rich), 'enriched');
    assert.equal(await tweets.create(rich), 'enriched');
    assert.equal(await tweets.create(poor), 'created');
    assert.deepEqual(await tweets.createAll([rich]), ['enriched']);
    assert.equal((await read()).revision, 2);
  });

  it('is found by its author from then on', async () => {
    await tweets.create(poor);
    const find = () => stores.tweetLists.tweets(poor.userId, { author: 'someone' }, 10, null);
    assert.equal((await find()).length, 0);
    await tweets.create(rich);
    assert.equal((await find()).length, 1);
  });

  it('enriches once, of many at the same time', async () => {
    await tweets.create(poor);
    const rivals = Array.from({ length: 20 }, (_, index) => ({ ...rich, operationId: `rival ${index}` }));
    const outcomes = await Promise.all(rivals.map((rival) => tweets.create(rival)));
    assert.equal(outcomes.filter((outcome) => outcome === 'enriched').length, 1);
    assert.equal((await read()).revision, 2);
  }).timeout(20_000);

  it('loses nothing of what several know that come at the same time', async () => {
    await tweets.create(poor);
    const { tweetId, tweetText, authorUsername, ...more } = rich.fields;
    const known = Object.entries(more).filter(([, value]) => value !== null);
    const parts = known.map(([field, value], index) => ({
      ...rich,
      operationId: `part ${index}`,
      fields: archivedTweetFields.parse({ tweetId, [field]: value }),
    }));
    const outcomes = await Promise.all(parts.map((part) => tweets.create(part)));
    assert.deepEqual(outcomes, Array(parts.length).fill('enriched'));
    const { revision, fields: stored } = await read();
    assert.equal(revision, 1 + parts.length);
    assert.deepEqual(stored, { ...archivedTweetFields.parse({ tweetId }), ...Object.fromEntries(known) });
  }).timeout(20_000);

  it('is not undone by a trigger that comes late', async () => {
    await tweets.create(poor);
    await tweets.create(rich);
    await outbox.markPublished(poor.id, messageId, later);
    await outbox.enqueue(newQueueItem(poor, 'down', later));
    assert.equal(await outbox.recoverOrphans(later, 10, (lost) => newQueueItem(lost, 'lost', later)), 0);
    assert.deepEqual(await read(), { ...enriched(), ...underWay });
    assert.equal((await itemOf())?.attributes.revision, '2');
  });

  it('is not undone by a run that still holds the first revision', async () => {
    const held = await claimed();
    await tweets.create(rich);
    const untouched = await itemOf();
    await outbox.settlePublished([{ item: held, messageId }], later);
    await outbox.settleFailed([afterFailure(held, 'stale', later)]);
    assert.deepEqual(await itemOf(), untouched);
    assert.deepEqual(await read(), { ...enriched(), ...underWay });

    const next = await claimOne(later);
    assert.deepEqual({ data: next.data, attributes: next.attributes }, toMessage(enriched()));
    await outbox.settlePublished([{ item: { ...held, lastAttemptAt: later }, messageId }], later);
    await outbox.settleFailed([
      { ...held, lastAttemptAt: next.lastAttemptAt, errorMessage: 'stale' } as QueueItem,
    ]);
    assert.equal((await itemOf())?.errorMessage, next.errorMessage);
    await outbox.settlePublished([{ item: next, messageId: `${messageId}2` }], plus(pauseMs(1, 0)));
    assert.deepEqual([(await read()).messageId, await itemOf()], [`${messageId}2`, null]);
  });

  it('is what an operator queues again, though they saw the first revision', async () => {
    await givenUp();
    await tweets.create(rich);
    await operations.queueAgain(
      poor.id,
      (found) => newQueueItem(found, 'down', later),
      (item) => item,
    );
    assert.deepEqual(await itemOf(), withoutData(newQueueItem(enriched(), 'down', later)));
  });

  it('may come in a batch, beside what is new and what is known', async () => {
    await tweets.create(poor);
    const [fresh, known] = [sampleCapture(now), sampleCapture(now)];
    await tweets.create(known);
    const again = { ...known, operationId: 'again' };
    assert.deepEqual(await tweets.createAll([fresh, rich, again]), ['created', 'enriched', 'duplicate']);
    assert.deepEqual(await read(), { ...enriched(), ...underWay });
    assert.equal((await itemOf())?.attributes.revision, '2');
  });
});
