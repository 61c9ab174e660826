import assert from 'node:assert/strict';
import {
  afterFailure,
  claim,
  newQueueItem,
  pauseMs,
  type QueueItem,
  type QueueState,
} from '../../src/delivery/queueItem.ts';
import type { Capture } from '../../src/tweets/tweet.ts';
import { onEveryAdapter, type Stores } from '../support/adapters.ts';
import { withoutData } from '../support/memory/tweets.ts';
import { sampleCapture } from '../support/samples.ts';
import { upTo } from '../support/upTo.ts';

const now = new Date('2026-03-01T12:00:00Z');
const plus = (milliseconds: number) => new Date(now.getTime() + milliseconds);
const later = plus(60_000);
const farAway = new Date('2100-01-01');
const messageId = 'projects/p/topics/t/messages/1';

onEveryAdapter('the operations on the queue', (open) => {
  let stores: Stores;
  let tweets: Stores['tweets'];
  let outbox: Stores['outbox'];
  let operations: Stores['queueOperations'];
  beforeEach(() => {
    stores = open();
    ({ tweets, outbox, queueOperations: operations } = stores);
  });

  const captured = async (at = now) => {
    const capture = sampleCapture(at);
    await tweets.create(capture);
    return capture;
  };
  const queued = async (at = now) => {
    const capture = await captured(at);
    await outbox.enqueue(newQueueItem(capture, 'down', at));
    return capture;
  };
  /** In the queue, as a run leaves it that takes no other item. */
  const left = async (change: (item: QueueState) => QueueState) => {
    const capture = await queued();
    await outbox.claimDue(now, upTo(100), (item) => (item.id === capture.id ? change(item) : item));
    return capture;
  };
  const claimed = () => left((item) => claim(item, now, 0));
  const lost = { status: 'failed' as const, attempts: 5, nextAttemptAt: null, lastAttemptAt: now };
  const dead = () => left((item) => ({ ...item, ...lost }));
  const published = async (at = now) => {
    const capture = await captured();
    await outbox.markPublished(capture.id, messageId, at);
    return capture;
  };
  const givenUp = async () => {
    const capture = await queued();
    await operations.abandon([capture.id], now, () => true);
    return capture;
  };
  const STATES = { captured, published, queued, claimed, dead, givenUp };

  const itemOf = async ({ id }: Capture) =>
    (await operations.list({}, 100, null)).find((item) => item.id === id) ?? null;
  const anew = (item: QueueState): QueueState => ({
    ...item,
    status: 'pending',
    attempts: 0,
    nextAttemptAt: later,
    lastAttemptAt: null,
  });
  const claimAll = (at: Date) => outbox.claimDue(at, upTo(100), (item) => claim(item, at, 0));
  const stateOf = async ({ id }: Capture) => {
    const { status, messageId, publishedAt, pendingSince, givenUpAt = null } = (await tweets.read(id)) ?? {};
    return { status, messageId, publishedAt, pendingSince, givenUpAt };
  };
  const nothing = { messageId: null, publishedAt: null, pendingSince: null, givenUpAt: null };

  describe('the overview', () => {
    it('of nothing is nothing', async () => {
      const none = { oldestSince: null, lastCaptureAt: null };
      const zero = { undelivered: 0, deadLetters: 0, captures: 0, publishes: 0 };
      assert.deepEqual(await operations.overview(now), { ...none, ...zero });
    });

    it('counts what is under way, what is dead, and what has happened since', async () => {
      await published(plus(-1));
      await published(plus(1000));
      await captured(plus(-2000));
      await captured(plus(3000));
      await queued(plus(-5000));
      await claimed();
      await dead();
      await givenUp();
      assert.deepEqual(await operations.overview(now), {
        undelivered: 4,
        oldestSince: plus(-5000),
        deadLetters: 1,
        captures: 6,
        publishes: 1,
        lastCaptureAt: plus(3000),
      });
    });

    it('has the oldest of those that were captured or queued, whichever waits longer; no dead letter', async () => {
      await dead();
      assert.equal((await operations.overview(now)).oldestSince, null);
      await captured(plus(2000));
      await queued(plus(3000));
      assert.deepEqual((await operations.overview(now)).oldestSince, plus(2000));
    });
  });

  describe('the list', () => {
    it('is of all users, from the newest to the oldest, page by page', async () => {
      const captures: Capture[] = [];
      for (const second of [3, 1, 2, 2, 2]) captures.push(await queued(plus(second * 1000)));
      const ids: string[] = [];
      for (let last: QueueState | null = null; ; ) {
        const page: QueueState[] = await operations.list({}, 2, last);
        ids.push(...page.map(({ id }) => id));
        last = page.at(-1) ?? null;
        if (page.length < 2) break;
      }
      const ofSameTime = captures.slice(2).map(({ id }) => id);
      assert.deepEqual(ids, [captures[0]?.id, ...ofSameTime.sort().reverse(), captures[1]?.id]);
    });

    it('gives items as they are stored, but for what a message is made of', async () => {
      const capture = await queued();
      assert.deepEqual(await operations.list({}, 10, null), [
        withoutData(newQueueItem(capture, 'down', now)),
      ]);
    });

    it('can be of one status, or of what was queued before a time', async () => {
      const [old, held, failed] = [await queued(plus(-1000)), await claimed(), await dead()];
      const ids = async (filters: Parameters<typeof operations.list>[0]) =>
        (await operations.list(filters, 10, null)).map(({ id }) => id);
      assert.deepEqual(await ids({ status: 'pending' }), [old.id]);
      assert.deepEqual(await ids({ status: 'retrying' }), [held.id]);
      assert.deepEqual(await ids({ status: 'failed' }), [failed.id]);
      assert.deepEqual(await ids({ before: now }), [old.id]);
      assert.deepEqual(await ids({ status: 'failed', before: now }), []);
    });
  });

  describe('what waits', () => {
    it('is what is due later, the soonest first, page by page; no dead letter', async () => {
      const ids: string[] = [];
      for (const minutes of [3, 1, 2, 2]) {
        const nextAttemptAt = plus(minutes * 60_000);
        ids.push((await left((item) => ({ ...item, status: 'retrying', nextAttemptAt }))).id);
      }
      const [last, first, ...middle] = ids;
      await dead();
      await queued();
      const found: QueueState[] = [];
      for (let page: QueueState[] = []; found.length === 0 || page.length === 2; found.push(...page))
        page = await operations.waiting(now, 2, found.at(-1) ?? null);
      assert.deepEqual(
        found.map(({ id }) => id),
        [first, ...middle.sort(), last],
      );
      assert.deepEqual(
        (await operations.waiting(plus(120_000), 10, null)).map(({ id }) => id),
        [last],
      );
    });
  });

  describe('a requeue', () => {
    it('moves a dead letter back into the queue', async () => {
      const capture = await dead();
      assert.deepEqual(await stateOf(capture), { ...nothing, status: 'failed' });
      assert.equal(await operations.requeue([capture.id], anew), 1);
      assert.deepEqual(await stateOf(capture), { ...nothing, status: 'queued' });
      assert.deepEqual(await claimAll(plus(59_999)), []);
      const [item] = await claimAll(later);
      assert.deepEqual([item?.id, item?.attempts], [capture.id, 1]);
    });

    it('gives many at once, and leaves out those that are not to be changed or not there', async () => {
      const captures = [await queued(), await queued(), await queued()];
      const [first, second, third] = captures.map(({ id }) => id) as [string, string, string];
      const change = (item: QueueState) => (item.id === second ? null : anew(item));
      assert.equal(await operations.requeue([first, second, 'nobody_1', third], change), 2);
      const due = (await claimAll(now)).map(({ id }) => id);
      assert.deepEqual(due, [second]);
    });

    it('counts what it is told to leave as it is', async () => {
      const capture = await queued();
      assert.equal(await operations.requeue([capture.id], (item) => item), 1);
      assert.deepEqual(await itemOf(capture), withoutData(newQueueItem(capture, 'down', now)));
    });

    it('does not disturb a tweet that has left the queue', async () => {
      const capture = await published();
      assert.equal(await operations.requeue([capture.id], anew), 0);
      assert.equal((await stateOf(capture)).status, 'published');
    });

    it('of a tweet whose account is being erased fails nothing', async () => {
      const [gone, capture] = [await dead(), await dead()];
      await stores.personalData.erase(gone.userId, 1);
      assert.equal(await operations.requeue([gone.id, capture.id], anew), 2);
      assert.equal((await stateOf(capture)).status, 'queued');
    });

    it('keeps a run that was taken for dead from writing its failure over a newer claim', async () => {
      const capture = await queued();
      const [stale] = await claimAll(now);
      assert.ok(stale);
      await operations.requeue([capture.id], anew);
      const [held] = await claimAll(later);
      assert.equal(held?.attempts, stale.attempts);
      await outbox.settleFailed([afterFailure(stale, 'stale', later)]);
      assert.deepEqual(await itemOf(capture), held && withoutData(held));
    });
  });

  describe('to give up', () => {
    it('takes an item out of the queue and leaves a mark on the tweet', async () => {
      for (const bring of [queued, claimed, dead]) {
        const capture = await bring();
        assert.equal(await operations.abandon([capture.id], later, () => true), 1);
        assert.deepEqual(await stateOf(capture), { ...nothing, status: 'failed', givenUpAt: later });
        assert.equal(await itemOf(capture), null);
      }
    });

    it('is counted where the own write is met again, and only there', async () => {
      const capture = await queued();
      for (let commit = 0; commit < 2; commit += 1)
        assert.equal(await operations.abandon([capture.id], later, () => true), 1);
      assert.equal(await operations.abandon([capture.id], plus(1), () => true), 0);
      assert.equal((await stateOf(capture)).givenUpAt?.getTime(), later.getTime());
    });

    it('leaves alone what may not be given up, what is not in the queue, and what is not there', async () => {
      const captures = [await claimed(), await captured(), await published()];
      const before = await Promise.all(captures.map(stateOf));
      const ids = [...captures.map(({ id }) => id), 'nobody_1'];
      assert.equal(await operations.abandon(ids, later, ({ status }) => status !== 'retrying'), 0);
      assert.deepEqual(await Promise.all(captures.map(stateOf)), before);
      assert.ok(await itemOf(captures[0] as Capture));
    });

    it('means that nothing publishes it by accident', async () => {
      const capture = await queued();
      const [item] = await claimAll(now);
      await operations.abandon([capture.id], later, () => true);
      const before = await stateOf(capture);
      assert.equal(await outbox.recoverOrphans(farAway, 10, (tweet) => newQueueItem(tweet, 'lost', now)), 0);
      assert.deepEqual(await claimAll(farAway), []);
      await outbox.markPublished(capture.id, messageId, now);
      await outbox.enqueue(newQueueItem(capture, 'down', now));
      await outbox.settleFailed([afterFailure(item as QueueItem, 'down', now)]);
      assert.equal(await tweets.create({ ...capture, operationId: 'another' }), 'duplicate');
      assert.deepEqual(await stateOf(capture), before);
      assert.equal(await itemOf(capture), null);
    });

    it('of a tweet whose account is being erased fails nothing', async () => {
      const gone = await queued();
      await stores.personalData.erase(gone.userId, 1);
      assert.equal(await operations.abandon([gone.id], now, () => true), 1);
      assert.equal(await tweets.read(gone.id), null);
    });
  });

  describe('to queue again', () => {
    const again = (tweet: Capture) => newQueueItem(tweet, 'down again', later);

    for (const [state, bring] of Object.entries(STATES)) {
      it(`makes a tweet that was ${state} queued, and nothing else`, async () => {
        const capture = await bring();
        const had = await itemOf(capture);
        await operations.queueAgain(capture.id, again, anew);
        assert.deepEqual(await stateOf(capture), { ...nothing, status: 'queued' });
        assert.deepEqual(await itemOf(capture), had ? anew(had) : withoutData(again(capture)));
      });
    }

    it('leaves an item as it is where it may not be changed', async () => {
      const capture = await claimed();
      const had = await itemOf(capture);
      await operations.queueAgain(capture.id, again, () => null);
      assert.deepEqual(await itemOf(capture), had);
      assert.deepEqual(await claimAll(plus(pauseMs(1, 0) - 1)), []);
    });

    it('of a tweet that is gone changes nothing', async () => {
      const capture = await queued();
      await tweets.remove(capture.id, now);
      await operations.queueAgain(capture.id, again, anew);
      assert.equal(await itemOf(capture), null);
      assert.equal(await tweets.read(capture.id), null);
    });
  });
});
