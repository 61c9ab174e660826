import assert from 'node:assert/strict';
import { TUNING } from '../../../src/config.ts';
import { toQueueItem } from '../../../src/tweets/delivery.ts';
import { retryQueue } from '../../../src/tweets/retryQueue.ts';
import { captured } from '../../support/fill.ts';
import { memoryServices } from '../../support/memory/services.ts';
import { sampleCapture } from '../../support/samples.ts';

const MANY = 10_000;
const FEW = 5;
const BATCHES = 4;

describe('the retry run of a long queue', () => {
  let { services, clock, sent, tweets }: ReturnType<typeof memoryServices> = memoryServices();
  let batches: number[];

  beforeEach(() => {
    ({ services, clock, sent, tweets } = memoryServices());
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
  const publishedOf = (userId: string) =>
    sent.filter(({ attributes }) => attributes.userId === userId).length;

  it(`publishes the few items of 20 users in ${BATCHES} batches, though ${MANY} older ones of another wait`, async () => {
    await queued('busy', MANY);
    clock.advance(1);
    const others = Array.from({ length: 20 }, (_, index) => `user ${index}`);
    for (const userId of others) await queued(userId, FEW);
    await retryQueue(services);
    assert.equal(batches.length, BATCHES);
    assert.deepEqual(
      others.map(publishedOf),
      others.map(() => FEW),
    );
  });

  it('fills every batch where only one user has something due', async () => {
    await queued('busy', BATCHES * TUNING.retryBatch + 1);
    await retryQueue(services);
    assert.deepEqual(batches, Array(BATCHES).fill(TUNING.retryBatch));
  });

  it('asks for no turns where one batch takes what is due', async () => {
    let asked = 0;
    const { nextInTurn } = services.tweets;
    services.tweets.nextInTurn = async (...args) => {
      asked += 1;
      return await nextInTurn(...args);
    };
    await queued('someone', FEW);
    await retryQueue(services);
    assert.deepEqual([asked, batches], [0, [FEW]]);
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
