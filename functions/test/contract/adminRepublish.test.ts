import assert from 'node:assert/strict';
import { purgeQueue, republish } from '../../src/app/endpoints.ts';
import { publishTweet } from '../../src/delivery/publishTweet.ts';
import { toMessage } from '../../src/delivery/queueItem.ts';
import { retryQueue } from '../../src/delivery/retryQueue.ts';
import type { Capture } from '../../src/tweets/tweet.ts';
import { assertProblem } from '../support/assertions.ts';
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
    const again = ({ userId, fields: tweet }: Pick<Capture, 'userId' | 'fields'>) =>
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
      it(`a tweet that ${state}: queues it, and the next runs publish the same message`, async () => {
        const [capture] = (await bring()) as [Capture];
        const { status, body } = await again(capture);
        assert.deepEqual([status, body, sent], [200, { status: 'queued' }, []]);
        const { messageId, pendingSince, givenUpAt, status: stateNow } = tweetOf(capture);
        assert.deepEqual([messageId, pendingSince, givenUpAt, stateNow], [null, null, undefined, 'queued']);
        if (state !== 'is claimed by a run') {
          assert.deepEqual([items()[0]?.attempts, items()[0]?.nextAttemptAt], [0, clock.now()]);
        }
        assert.deepEqual(seen(), [['admin_republish', 'success', capture.fields.tweetId, userId]]);
        clock.advance(DAY);
        await retryQueue(services);
        assert.deepEqual(sent, [toMessage(capture)]);
        assert.equal(tweetOf(capture).status, 'published');
        assert.deepEqual(items(), []);
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
  });
});
