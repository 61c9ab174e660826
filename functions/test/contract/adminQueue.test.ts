import assert from 'node:assert/strict';
import { getAdminQueue } from '../../src/app/endpoints.ts';
import type { Capture } from '../../src/tweets/tweet.ts';
import { assertProblem } from '../support/assertions.ts';
import { queued } from '../support/fill.ts';
import { idsOf, newOperator } from '../support/operator.ts';

describe('an admin', () => {
  let { services, clock, send, bodyOf, dead } = {} as Awaited<ReturnType<typeof newOperator>>;
  beforeEach(async () => {
    ({ services, clock, send, bodyOf, dead } = await newOperator());
  });

  describe('who lists the queue', () => {
    it('gets the items of all users with all that there is to know of each', async () => {
      const [capture] = (await queued(services, 1)) as [Capture];
      const createdAt = clock.now().toISOString();
      assert.deepEqual(await bodyOf(getAdminQueue), {
        items: [
          {
            id: capture.id,
            userId: capture.userId,
            tweetId: capture.fields.tweetId,
            status: 'pending',
            attempts: 0,
            nextAttemptAt: createdAt,
            lastError: 'Pub/Sub answered 503',
            createdAt,
          },
        ],
        nextCursor: null,
      });
    });

    it('gets each item once, page by page, and can ask for one status', async () => {
      const failed = idsOf(await dead(3)).sort();
      const pending = idsOf(await queued(services, 4)).sort();
      const all = async (query: string) => {
        const found: string[] = [];
        for (let cursor = ''; ; ) {
          const path = `/api/admin/queue?limit=2${query}${cursor && `&cursor=${cursor}`}`;
          const { items, nextCursor } = await bodyOf(getAdminQueue, { path });
          found.push(...items.map(({ id }: { id: string }) => id));
          if (nextCursor === null) return found;
          cursor = nextCursor;
        }
      };
      assert.deepEqual((await all('')).sort(), [...failed, ...pending].sort());
      assert.deepEqual((await all('&status=failed')).sort(), failed);
      assert.deepEqual((await all('&status=pending')).sort(), pending);
      assert.deepEqual(await all('&status=retrying'), []);
    });

    it('is refused another status, and the cursor of another list', async () => {
      await queued(services, 2);
      const { nextCursor } = await bodyOf(getAdminQueue, { path: '/api/admin/queue?limit=1' });
      for (const query of ['status=dead', `status=pending&cursor=${nextCursor}`]) {
        assertProblem(await send(getAdminQueue, { path: `/api/admin/queue?${query}` }), 'invalid_request');
      }
    });
  });
});
