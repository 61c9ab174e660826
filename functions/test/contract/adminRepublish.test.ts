import assert from 'node:assert/strict';
import { purgeQueue, republish } from '../../src/endpoints.ts';
import { toMessage } from '../../src/tweets/delivery.ts';
import { publishTweet } from '../../src/tweets/publishTweet.ts';
import { retryQueue } from '../../src/tweets/retryQueue.ts';
import type { Capture } from '../../src/tweets/tweet.ts';
import { assertProblem } from '../support/assertions.ts';
import { down } from '../support/faultyPublisher.ts';
import { captured, queued } from '../support/fill.ts';
import { DAY, idsOf, newOperator } from '../support/operator.ts';

describe('an admin', () => {
  let { services, clock, sent, audited, userId, send, bodyOf, items, tweetOf, seen, dead, held } =
    {} as Awaited<ReturnType<typeof newOperator>>;
  beforeEach(async () => {
    ({ services, clock, sent, audited, userId, send, bodyOf, items, tweetOf, seen, dead, held } =
      await newOperator());
  });

  describe('who republishes', () => {
    const again = ({ userId, tweet }: Pick<Capture, 'userId' | 'tweet'>) =>
      send(republish, { path: `/api/admin/tweets/${userId}/${tweet.tweetId}/republish` });

    it('a tweet whose user id is in upper case: finds it, as UUIDs are read', async () => {
      const [capture] = (await captured(services, 1)) as [Capture];
      assert.equal((await again({ ...capture, userId: capture.userId.toUpperCase() })).status, 200);
    });

    const STATES: Record<string, () => Promise<Capture[]>> = {
      'was captured': () => captured(services, 1),
      'was published': async () => {
        const captures = await captured(services, 1);
        await publishTweet(captures[0]?.id ?? '', services);
        sent.length = 0;
        return captures;
      },
      'is in the queue': () => queued(services, 1),
      'is claimed by a run': () => held(1),
      'is a dead letter': () => dead(1),
      'was given up': async () => {
        const captures = await queued(services, 1);
        await bodyOf(purgeQueue, { body: { ids: idsOf(captures) } });
        audited.clear();
        return captures;
      },
    };
    for (const [state, bring] of Object.entries(STATES)) {
      it(`a tweet that ${state}: sends the very message, and settles it`, async () => {
        const [capture] = (await bring()) as [Capture];
        clock.advance(DAY);
        const { status, body } = await again(capture);
        assert.deepEqual([status, sent], [200, [toMessage(capture)]]);
        const { messageId, publishedAt, pendingSince, givenUpAt, status: stateNow } = tweetOf(capture);
        assert.deepEqual(body, { status: 'published', messageId });
        assert.deepEqual(
          [publishedAt, pendingSince, givenUpAt, stateNow],
          [clock.now(), null, undefined, 'published'],
        );
        assert.deepEqual(items(), []);
        await retryQueue(services);
        assert.equal(sent.length, 1);
        assert.deepEqual(seen(), [['admin_republish', 'success', capture.tweet.tweetId, userId]]);
      });

      it(`a tweet that ${state}: queues it while Pub/Sub is down, and the next runs publish it`, async () => {
        const [capture] = (await bring()) as [Capture];
        const { publisher } = services;
        services.publisher = down;
        const { status, body } = await again(capture);
        assert.deepEqual([status, body], [200, { status: 'queued' }]);
        services.publisher = publisher;
        const { messageId, pendingSince, givenUpAt, status: stateNow } = tweetOf(capture);
        assert.deepEqual([messageId, pendingSince, givenUpAt, stateNow], [null, null, undefined, 'queued']);
        if (state !== 'is claimed by a run') {
          assert.deepEqual([items()[0]?.attempts, items()[0]?.nextAttemptAt], [0, clock.now()]);
        }
        clock.advance(DAY);
        await retryQueue(services);
        assert.deepEqual(sent, [toMessage(capture)]);
        assert.equal(tweetOf(capture).status, 'published');
      });
    }

    it('a tweet that nobody has, or that its owner deleted: 404, and nothing is sent', async () => {
      const [capture] = (await captured(services, 1)) as [Capture];
      await services.tweets.remove(capture.id, clock.now());
      assertProblem(await again(capture), 'not_found');
      assertProblem(await again({ ...capture, userId: crypto.randomUUID() }), 'not_found');
      for (const path of ['/x/1/republish', `/${capture.userId}/12/republish`, '/republish']) {
        assertProblem(await send(republish, { path }), 'not_found');
      }
      assert.deepEqual([sent, seen()], [[], []]);
    });

    for (const [state, bring] of Object.entries(STATES)) {
      it(`a tweet that ${state}, of which a capture knows more meanwhile: sends that, too`, async () => {
        const [capture] = (await bring()) as [Capture];
        const { publish } = services.publisher;
        const tweetUrl = 'https://x.com/someone/status/1';
        const fuller = { ...capture, operationId: 'meanwhile', tweet: { ...capture.tweet, tweetUrl } };
        services.publisher = {
          async publish(messages) {
            await services.tweets.create(fuller);
            return await publish(messages);
          },
        };
        const { body } = await again(capture);
        const last = sent.at(-1);
        assert.deepEqual([sent.length, last?.data, last?.attributes.revision], [2, fuller.tweet, '2']);
        const { messageId, status } = tweetOf(capture);
        assert.deepEqual([body, status], [{ status: 'published', messageId }, 'published']);
        assert.deepEqual(items(), []);
      });
    }

    it('a tweet that its owner deletes meanwhile: it stays deleted', async () => {
      const [capture] = (await queued(services, 1)) as [Capture];
      const { publish } = services.publisher;
      services.publisher = {
        async publish(messages) {
          await services.tweets.remove(capture.id, clock.now());
          return await publish(messages);
        },
      };
      assert.equal((await again(capture)).status, 200);
      assert.equal(await services.tweets.read(capture.id), null);
    });
  });
});
