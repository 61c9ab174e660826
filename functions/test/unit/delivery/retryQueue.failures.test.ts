import assert from 'node:assert/strict';
import { PUBLISH_TIMEOUT_MS, RETRY_SCHEDULE, RETRY_SETTINGS } from '../../../src/delivery/policy.ts';
import type { OutboundMessage } from '../../../src/delivery/queueItem.ts';
import { retryQueue } from '../../../src/delivery/retryQueue.ts';
import { down, refusing } from '../../support/faultyPublisher.ts';
import { queued } from '../../support/fill.ts';
import { memoryServices } from '../../support/memory/services.ts';

const NOTHING = {
  recovered: 0,
  published: 0,
  failed: 0,
  deadLetters: 0,
  outage: false,
  paused: false,
  left: 0,
};
const DAY = 86_400_000;

describe('a retry run that meets', () => {
  let { services, clock, lines, sent, tweets }: ReturnType<typeof memoryServices> = memoryServices();
  beforeEach(() => {
    ({ services, clock, lines, sent, tweets } = memoryServices());
  });

  const deadLetterLines = () => lines.filter(({ event }) => event === 'dead_letter');
  const items = () => [...tweets.queue.values()];
  const attempts = () => items().map((item) => item.attempts);

  describe('a message that Pub/Sub refuses', () => {
    const poison = new Set<string>();
    const isPoison = ({ attributes }: OutboundMessage) => poison.has(attributes.dedupeKey);
    beforeEach(async () => {
      poison.clear();
      const captures = await queued(services, 200);
      for (const index of [0, 77, 199]) poison.add(captures[index]?.id ?? '');
      services.publisher = refusing(services.publisher, isPoison);
    });

    it('publishes all others of its batch, once each, and goes on', async () => {
      await queued(services, 100);
      assert.deepEqual(await retryQueue(services), { ...NOTHING, published: 297, failed: 3 });
      assert.equal(new Set(sent.map(({ attributes }) => attributes.dedupeKey)).size, 297);
      assert.equal(sent.length, 297);
      assert.deepEqual(
        items().map(({ id }) => id),
        [...poison],
      );
      assert.deepEqual(attempts(), [1, 1, 1]);
    });

    it('makes it a dead letter after five runs, and reports each once by an ERROR', async () => {
      for (let run = 0; run < 10; run += 1) {
        await retryQueue(services);
        clock.advance(DAY);
      }
      assert.deepEqual(attempts(), [5, 5, 5]);
      const expected = items().map(({ id, attributes: { requestId } }) => ({
        severity: 'ERROR',
        event: 'dead_letter',
        fields: { id, attempts: 5, errorMessage: 'Pub/Sub answered 400', requestId },
      }));
      assert.deepEqual(deadLetterLines(), expected);
      assert.deepEqual(
        [...poison].sort(),
        items()
          .map(({ id }) => id)
          .sort(),
      );
      for (const { status, nextAttemptAt } of items()) {
        assert.deepEqual([status, nextAttemptAt], ['failed', null]);
      }
    });

    it('asks no more once an outage comes between, and spends no more of the run on it', async () => {
      let calls = 0;
      services.publisher = {
        async publish(messages) {
          calls += 1;
          return await (calls === 1 ? services.breakerPublisher : down).publish(messages);
        },
      };
      services.breakerPublisher = refusing(services.breakerPublisher, isPoison);
      const run = await retryQueue(services);
      assert.deepEqual([calls, run.outage, run.published], [2, true, 0]);
    });

    it('ends before its own timeout, however slow each refusal is', async () => {
      const start = clock.now().getTime();
      const { publish } = services.publisher;
      let first = true;
      services.publisher = {
        async publish(messages) {
          clock.advance(first ? RETRY_SETTINGS.budgetMs - 1000 : PUBLISH_TIMEOUT_MS);
          first = false;
          return await publish(messages);
        },
      };
      await retryQueue(services);
      assert.ok(clock.now().getTime() - start < RETRY_SCHEDULE.timeoutSeconds * 1000);
    });
  });

  describe('items whose runs died each time', () => {
    it('makes them dead letters without another attempt, and reports each once', async () => {
      await queued(services, 2);
      const { claimDue } = tweets;
      services.outbox = {
        ...tweets,
        async claimDue(...args) {
          await claimDue(...args);
          throw new Error('the process dies here');
        },
      };
      for (let run = 0; run < 5; run += 1) {
        await assert.rejects(retryQueue(services));
        clock.advance(DAY);
      }
      services.outbox = tweets;
      assert.deepEqual(await retryQueue(services), { ...NOTHING, deadLetters: 2 });
      clock.advance(DAY);
      assert.deepEqual(await retryQueue(services), NOTHING);
      assert.deepEqual(sent, []);
      assert.deepEqual(
        deadLetterLines().map(({ severity, fields }) => [severity, fields.id]),
        items().map(({ id }) => ['ERROR', id]),
      );
    });
  });

  it('an item that another run has claimed meanwhile leaves it to that run', async () => {
    const [capture] = await queued(services, 1);
    const item = tweets.queue.get(capture?.id ?? '');
    assert.ok(item);
    item.attempts = 4;
    services.publisher = {
      async publish(messages) {
        const current = tweets.queue.get(item.id);
        if (current) tweets.queue.set(item.id, { ...current, attempts: 99 });
        return await down.publish(messages);
      },
    };
    await retryQueue(services);
    assert.equal(tweets.queue.get(item.id)?.attempts, 99);
    assert.equal(tweets.queue.get(item.id)?.status, 'retrying');
  });
});
