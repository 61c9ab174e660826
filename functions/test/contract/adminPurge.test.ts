import assert from 'node:assert/strict';
import { BATCH_JOB } from '../../src/admin/batchJob.ts';
import { getTweet, listTweets, purgeQueue } from '../../src/app/endpoints.ts';
import { publishTweet } from '../../src/delivery/publishTweet.ts';
import { retryQueue } from '../../src/delivery/retryQueue.ts';
import type { Capture } from '../../src/tweets/tweet.ts';
import { assertProblem } from '../support/assertions.ts';
import { call } from '../support/call.ts';
import { queued } from '../support/fill.ts';
import { DAY, idsOf, newOperator } from '../support/operator.ts';
import { bearer } from '../support/requests.ts';

describe('an admin', () => {
  let { services, clock, lines, sent, userId, send, bodyOf, items, tweetOf, seen, dead, held } =
    {} as Awaited<ReturnType<typeof newOperator>>;
  beforeEach(async () => {
    ({ services, clock, lines, sent, userId, send, bodyOf, items, tweetOf, seen, dead, held } =
      await newOperator());
  });

  describe('who purges', () => {
    it('gives items up for good: their tweets stay, and are not published by accident', async () => {
      const [one, other] = (await dead(2)) as [Capture, Capture];
      const expected = { purged: 1, skipped: 0, more: false };
      assert.deepEqual(await bodyOf(purgeQueue, { body: { ids: [one.id] } }), expected);
      assert.deepEqual(idsOf(items()), [other.id]);
      const { status, givenUpAt, pendingSince } = tweetOf(one);
      assert.deepEqual([status, givenUpAt, pendingSince], ['failed', clock.now(), null]);
      clock.advance(DAY);
      await retryQueue(services);
      await publishTweet(one.id, services);
      assert.deepEqual(sent, []);
      assert.deepEqual(seen(), [['admin_purge', 'success', '1 items', userId]]);
    });

    it('leaves the tweet to its owner, as failed', async () => {
      const [{ id, userId, fields: tweet }] = (await queued(services, 1)) as [Capture];
      await bodyOf(purgeQueue, { body: { ids: [id] } });
      const mine = await bearer(services, { userId });
      const found = await call(getTweet, services, { headers: mine, path: `/api/tweets/${tweet.tweetId}` });
      assert.deepEqual([found.status, found.body.status], [200, 'failed']);
      const list = await call(listTweets, services, { headers: mine, path: '/api/tweets?status=failed' });
      assert.equal(list.body.items.length, 1);
    });

    it('has a log line for each tweet that was given up', async () => {
      const captures = await queued(services, 2);
      await bodyOf(purgeQueue, { body: { ids: idsOf(captures) } });
      const told = lines.filter(({ event }) => event === 'tweet_given_up');
      assert.deepEqual(
        told.map(({ severity, fields }) => [severity, fields.id]),
        idsOf(captures).map((id) => ['WARNING', id]),
      );
    });

    it('takes no item from a run that may be at work on it', async () => {
      const captures = await held(2);
      clock.advance(1000);
      const olderThan = clock.now().toISOString();
      const skipped = { purged: 0, skipped: 2, more: false };
      assert.deepEqual(await bodyOf(purgeQueue, { body: { ids: idsOf(captures) } }), skipped);
      assert.deepEqual(await bodyOf(purgeQueue, { body: { olderThan } }), skipped);
      assert.equal(items().length, 2);
      assert.ok(!lines.some(({ event }) => event === 'tweet_given_up'));
    });

    it('what is older than a time: gets that, whatever its status, and nothing that is younger', async () => {
      await dead(2);
      await queued(services, BATCH_JOB.maxItems);
      clock.advance(1);
      const olderThan = clock.now().toISOString();
      const [young] = (await queued(services, 1)) as [Capture];
      const expected = { purged: BATCH_JOB.maxItems + 2, skipped: 0, more: false };
      assert.deepEqual(await bodyOf(purgeQueue, { body: { olderThan } }), expected);
      assert.deepEqual(idsOf(items()), [young.id]);
    });

    it('skips a tweet that was enriched, and so queued again, after that time', async () => {
      const [capture] = (await queued(services, 1)) as [Capture];
      clock.advance(1);
      const olderThan = clock.now().toISOString();
      const { list } = services.queueOperations;
      services.queueOperations.list = async (...args) => {
        const found = await list(...args);
        const richer = { ...capture.fields, authorDisplayName: 'Some One' };
        await services.tweets.create({
          ...capture,
          operationId: 'later',
          createdAt: clock.now(),
          fields: richer,
        });
        return found;
      };
      const skipped = { purged: 0, skipped: 1, more: false };
      assert.deepEqual(await bodyOf(purgeQueue, { body: { olderThan } }), skipped);
      assert.deepEqual(idsOf(items()), [capture.id]);
      assert.equal((await services.tweets.read(capture.id))?.status, 'queued');
    });

    it('stops when its time is up, and says that there is more', async () => {
      const { maxItems: batch, budgetMs } = BATCH_JOB;
      await queued(services, batch + 1);
      clock.advance(1);
      const { abandon } = services.queueOperations;
      services.queueOperations.abandon = async (...args) => {
        clock.advance(budgetMs);
        return await abandon(...args);
      };
      const body = { olderThan: clock.now().toISOString() };
      assert.deepEqual(await bodyOf(purgeQueue, { body }), { purged: batch, skipped: 0, more: true });
      assert.deepEqual(await bodyOf(purgeQueue, { body }), { purged: 1, skipped: 0, more: false });
    });

    it('has to name some ids or a time, and not both', async () => {
      const time = '2026-01-01T00:00:00Z';
      const bodies = [
        {},
        { ids: ['__a__'] },
        { ids: ['a_1'], olderThan: time },
        { olderThan: '2026-01-01' },
        { olderThan: 1 },
      ];
      for (const olderThan of ['0001-01-01T00:00:00Z', '9999-12-31T23:59:59-01:00'])
        bodies.push({ olderThan });
      for (const body of bodies) {
        assertProblem(await send(purgeQueue, { body }), 'invalid_request');
      }
    });
  });
});
