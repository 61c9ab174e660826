import assert from 'node:assert/strict';
import { ORPHAN_AFTER_MS, RETRY_SETTINGS } from '../../../src/delivery/policy.ts';
import { newQueueItem } from '../../../src/delivery/queueItem.ts';
import { retryQueue } from '../../../src/delivery/retryQueue.ts';
import { captured } from '../../support/fill.ts';
import { memoryServices } from '../../support/memory/services.ts';
import { sampleCapture } from '../../support/samples.ts';

const BATCHES = 4;

describe('a retry run of a long queue', () => {
  let { services, clock, tweets }: ReturnType<typeof memoryServices> = memoryServices();
  let batches: number[];

  beforeEach(() => {
    ({ services, clock, tweets } = memoryServices());
    batches = [];
    const { publish } = services.publisher;
    services.publisher = {
      async publish(messages) {
        batches.push(messages.length);
        clock.advance(RETRY_SETTINGS.budgetMs / BATCHES);
        return await publish(messages);
      },
    };
  });

  const queued = async (userId: string, count: number) => {
    for (let index = 0; index < count; index += 1) {
      const capture = sampleCapture(clock.now(), userId);
      await services.tweets.create(capture);
      await services.outbox.enqueue(newQueueItem(capture, 'down', clock.now()));
    }
  };

  it('fills every batch while enough is due', async () => {
    await queued('busy', BATCHES * RETRY_SETTINGS.maxClaimItems + 1);
    await retryQueue(services);
    assert.deepEqual(batches, Array(BATCHES).fill(RETRY_SETTINGS.maxClaimItems));
  });

  it('leaves most of its time to the queue, however many tweets were lost', async () => {
    await captured(services, 10 * RETRY_SETTINGS.maxClaimItems);
    clock.advance(ORPHAN_AFTER_MS);
    const { recoverOrphans } = services.outbox;
    services.outbox.recoverOrphans = async (...args) => {
      clock.advance(RETRY_SETTINGS.recoverBudgetMs / 2);
      return await recoverOrphans(...args);
    };
    const run = await retryQueue(services);
    assert.deepEqual(
      [run.recovered, run.published],
      [2 * RETRY_SETTINGS.maxRecoverItems, 2 * RETRY_SETTINGS.maxRecoverItems],
    );
    assert.equal(tweets.queue.size, 0);
  });
});
