import assert from 'node:assert/strict';
import { TUNING } from '../../../src/config.ts';
import { toQueueItem } from '../../../src/tweets/delivery.ts';
import { retryQueue } from '../../../src/tweets/retryQueue.ts';
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
        clock.advance(TUNING.retryBudgetMs / BATCHES);
        return await publish(messages);
      },
    };
  });

  const queued = async (userId: string, count: number) => {
    for (let index = 0; index < count; index += 1) {
      const capture = sampleCapture(clock.now(), userId);
      await services.tweets.create(capture);
      await services.tweets.enqueue(toQueueItem(capture, 'down', clock.now()));
    }
  };

  it('fills every batch while enough is due', async () => {
    await queued('busy', BATCHES * TUNING.retryBatch + 1);
    await retryQueue(services);
    assert.deepEqual(batches, Array(BATCHES).fill(TUNING.retryBatch));
  });

  it('leaves most of its time to the queue, however many tweets were lost', async () => {
    await captured(services, 10 * TUNING.retryBatch);
    clock.advance(TUNING.adoptAfterMs);
    const { adopt } = services.tweets;
    services.tweets.adopt = async (...args) => {
      clock.advance(TUNING.adoptBudgetMs / 2);
      return await adopt(...args);
    };
    const run = await retryQueue(services);
    assert.deepEqual([run.adopted, run.published], [2 * TUNING.adoptBatch, 2 * TUNING.adoptBatch]);
    assert.equal(tweets.queue.size, 0);
  });
});
