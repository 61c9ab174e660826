import assert from 'node:assert/strict';
import { BATCH_JOB } from '../../src/admin/batchJob.ts';
import { retryQueueNow } from '../../src/app/endpoints.ts';
import { AppError } from '../../src/core/errors.ts';
import { CLAIM_DEAD_AFTER_MS, MAX_ATTEMPTS } from '../../src/delivery/policy.ts';
import { pauseMs, type QueueState, toMessage } from '../../src/delivery/queueItem.ts';
import { retryQueue } from '../../src/delivery/retryQueue.ts';
import { REQUEST_DEADLINE_MS } from '../../src/http/pipeline.ts';
import type { Capture } from '../../src/tweets/tweet.ts';
import { assertProblem } from '../support/assertions.ts';
import { queued } from '../support/fill.ts';
import { newOperator } from '../support/operator.ts';

describe('an admin', () => {
  let { services, clock, sent, tweets, userId, send, bodyOf, items, tweetOf, seen, dead, held } =
    {} as Awaited<ReturnType<typeof newOperator>>;
  beforeEach(async () => {
    ({ services, clock, sent, tweets, userId, send, bodyOf, items, tweetOf, seen, dead, held } =
      await newOperator());
  });

  describe('who retries', () => {
    it('gives a dead letter all its attempts again, and the next run publishes it', async () => {
      const captures = await dead(2);
      const [one, other] = captures as [Capture, Capture];
      const expected = { requeued: 1, skipped: 0, more: false };
      assert.deepEqual(await bodyOf(retryQueueNow, { body: { ids: [one.id] } }), expected);
      const item = tweets.queue.get(one.id);
      const now = clock.now();
      assert.deepEqual([item?.status, item?.attempts, item?.nextAttemptAt], ['pending', 0, now]);
      await retryQueue(services);
      assert.deepEqual(sent, [toMessage(one)]);
      assert.deepEqual([tweetOf(one).status, tweetOf(other).status], ['published', 'failed']);
      assert.deepEqual(seen(), [['admin_retry', 'success', '1 items', userId]]);
    });

    it('makes a waiting item due, and keeps its attempts', async () => {
      const [capture] = (await held(1)) as [Capture];
      clock.advance(CLAIM_DEAD_AFTER_MS);
      assert.equal((await bodyOf(retryQueueNow, { body: { ids: [capture.id] } })).requeued, 1);
      const { attempts, nextAttemptAt } = items()[0] ?? {};
      assert.deepEqual([attempts, nextAttemptAt], [1, clock.now()]);
      await retryQueue(services);
      assert.equal(sent.length, 1);
    });

    it('does not take an item from a run that may be at work on it', async () => {
      const [capture] = (await held(1)) as [Capture];
      const before = structuredClone(items());
      clock.advance(CLAIM_DEAD_AFTER_MS - 1);
      const skipped = { requeued: 0, skipped: 1, more: false };
      assert.deepEqual(await bodyOf(retryQueueNow, { body: { ids: [capture.id] } }), skipped);
      assert.deepEqual(await bodyOf(retryQueueNow, { body: { all: true } }), skipped);
      assert.deepEqual(items(), before);
    });

    it('gives an item whose last run died all its attempts again', async () => {
      const [capture] = (await queued(services, 1)) as [Capture];
      const at = clock.now();
      const spent = { status: 'retrying' as const, attempts: MAX_ATTEMPTS, lastAttemptAt: at };
      Object.assign(tweets.queue.get(capture.id) ?? {}, {
        ...spent,
        nextAttemptAt: new Date(+at + pauseMs(5, 0)),
      });
      clock.advance(CLAIM_DEAD_AFTER_MS);
      await bodyOf(retryQueueNow, { body: { ids: [capture.id] } });
      await retryQueue(services);
      assert.equal(sent.length, 1);
    });

    it('is told what is not there, and has each id counted once', async () => {
      const [capture] = (await queued(services, 1)) as [Capture];
      const body = { ids: [capture.id, capture.id, 'nobody_1', 'nobody_2'] };
      assert.deepEqual(await bodyOf(retryQueueNow, { body }), { requeued: 1, skipped: 2, more: false });
    });

    it('all: gets every dead letter and every waiting item', async () => {
      await dead(BATCH_JOB.maxItems + 7);
      await held(5);
      clock.advance(CLAIM_DEAD_AFTER_MS);
      await queued(services, 3);
      const expected = { requeued: BATCH_JOB.maxItems + 12, skipped: 0, more: false };
      assert.deepEqual(await bodyOf(retryQueueNow, { body: { all: true } }), expected);
      await retryQueue(services);
      assert.deepEqual(items(), []);
    });

    it('all: stops when its time is up, says that there is more, and goes on when asked again', async () => {
      const { maxItems: batch, budgetMs } = BATCH_JOB;
      await dead(2 * batch + 1);
      const { list } = services.queueOperations;
      services.queueOperations.list = async (...args) => {
        clock.advance(budgetMs);
        return await list(...args);
      };
      const retry = () => bodyOf(retryQueueNow, { body: { all: true } });
      assert.deepEqual(await retry(), { requeued: batch, skipped: 0, more: true });
      assert.deepEqual(await retry(), { requeued: batch, skipped: 0, more: true });
      services.queueOperations.list = list;
      assert.deepEqual(await retry(), { requeued: 1, skipped: 0, more: false });
    });

    it('all: reads what is due already no more, so that many waiting items get their turn call by call', async () => {
      const { maxItems: batch } = BATCH_JOB;
      await held(batch + 1);
      clock.advance(CLAIM_DEAD_AFTER_MS);
      const { list, waiting } = services.queueOperations;
      let read = 0;
      const counted = async (found: Promise<QueueState[]>) => {
        read += (await found).length;
        return await found;
      };
      services.queueOperations.list = (...args) => counted(list(...args));
      services.queueOperations.waiting = (...args) => counted(waiting(...args));
      const retry = () => bodyOf(retryQueueNow, { body: { all: true } });
      assert.deepEqual(await retry(), { requeued: batch + 1, skipped: 0, more: false });
      assert.equal(read, batch + 1);
      assert.deepEqual(await retry(), { requeued: 0, skipped: 0, more: false });
      assert.equal(read, batch + 1);
    });

    it('has on record what was done before it failed half-way', async () => {
      await dead(BATCH_JOB.maxItems + 1);
      const { requeue } = services.queueOperations;
      let calls = 0;
      services.queueOperations.requeue = async (...args) => {
        calls += 1;
        if (calls > 1) throw new AppError('unavailable', 'The database cannot be reached. Try again.');
        return await requeue(...args);
      };
      assertProblem(await send(retryQueueNow, { body: { all: true } }), 'unavailable');
      assert.deepEqual(seen(), [['admin_retry', 'failure', `${BATCH_JOB.maxItems} items`, userId]]);
    });

    it('has to name some ids or all, and not both', async () => {
      const many = Array.from({ length: BATCH_JOB.maxItems + 1 }, (_, index) => `user_${index}`);
      const bodies = [{}, { ids: ['a_1'], all: true }, { ids: [] }, { ids: many }, { all: false }];
      for (const body of [...bodies, { ids: ['a/b'] }, { ids: ['__a__'] }, { ids: [''] }, { ids: 'a_1' }]) {
        assertProblem(await send(retryQueueNow, { body }), 'invalid_request');
      }
      assert.deepEqual(seen(), []);
    });

    it('has an answer before the request is cut off', () => {
      assert.ok(BATCH_JOB.budgetMs < REQUEST_DEADLINE_MS);
    });
  });
});
