import assert from 'node:assert/strict';
import { ORPHAN_AFTER_MS, RETRY_SETTINGS } from '../../../src/delivery/policy.ts';
import { pauseMs, toMessage } from '../../../src/delivery/queueItem.ts';
import { retryQueue } from '../../../src/delivery/retryQueue.ts';
import { captured, queued } from '../../support/fill.ts';
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

describe('a retry run', () => {
  let { services, clock, lines, sent, tweets }: ReturnType<typeof memoryServices> = memoryServices();
  beforeEach(() => {
    ({ services, clock, lines, sent, tweets } = memoryServices());
  });

  it('does nothing where nothing is due, and says so', async () => {
    assert.deepEqual(await retryQueue(services), NOTHING);
    assert.deepEqual(lines, [{ severity: 'INFO', event: 'retry_run', fields: NOTHING }]);
  });

  it('publishes what is queued, as the trigger would have, and takes it off the queue', async () => {
    const captures = await queued(services, 3);
    assert.deepEqual(await retryQueue(services), { ...NOTHING, published: 3 });
    assert.deepEqual(sent, captures.map(toMessage));
    assert.equal(tweets.queue.size, 0);
    for (const [index, { id }] of captures.entries()) {
      const { messageId, publishedAt } = (await tweets.read(id)) ?? {};
      assert.deepEqual([messageId, publishedAt], [`projects/p/topics/t/messages/${index + 1}`, clock.now()]);
    }
  });

  it('publishes 1000 items, each once', async () => {
    const captures = await queued(services, 1000);
    assert.deepEqual(await retryQueue(services), { ...NOTHING, published: 1000 });
    const keys = sent.map(({ attributes }) => attributes.dedupeKey);
    assert.deepEqual(keys.sort(), captures.map(({ id }) => id).sort());
    assert.equal(tweets.queue.size, 0);
  });

  it('publishes no item twice when it overlaps with another run', async () => {
    await queued(services, 1000);
    const { publish } = services.publisher;
    services.publisher = {
      async publish(messages) {
        await new Promise(setImmediate);
        return await publish(messages);
      },
    };
    const runs = await Promise.all([retryQueue(services), retryQueue(services), retryQueue(services)]);
    assert.deepEqual(
      runs.map(({ published }) => published > 0),
      [true, true, true],
    );
    assert.equal(sent.length, 1000);
    assert.equal(new Set(sent.map(({ attributes }) => attributes.dedupeKey)).size, 1000);
  });

  it('adopts a tweet whose trigger did not report, and publishes it', async () => {
    const lost = await captured(services, 201);
    clock.advance(ORPHAN_AFTER_MS);
    assert.deepEqual(await retryQueue(services), { ...NOTHING, recovered: 201, published: 201 });
    assert.deepEqual(sent, lost.map(toMessage));
  });

  it('leaves a tweet to its trigger for five minutes', async () => {
    await captured(services, 1);
    clock.advance(ORPHAN_AFTER_MS - 1);
    assert.equal(ORPHAN_AFTER_MS, 5 * 60_000);
    assert.deepEqual(await retryQueue(services), NOTHING);
  });

  it('leaves what is not due yet, and what another run holds', async () => {
    const [early, held] = await queued(services, 2);
    const [waiting, claimed] = [tweets.queue.get(early?.id ?? ''), tweets.queue.get(held?.id ?? '')];
    assert.ok(waiting && claimed);
    waiting.nextAttemptAt = new Date(clock.now().getTime() + 1);
    Object.assign(claimed, {
      status: 'retrying',
      attempts: 1,
      nextAttemptAt: new Date(clock.now().getTime() + 9000),
    });
    assert.deepEqual(await retryQueue(services), NOTHING);
    clock.advance(1);
    assert.deepEqual(await retryQueue(services), { ...NOTHING, published: 1 });
  });

  it('starts no batch after its four minutes, and says what it left', async () => {
    await queued(services, 1000);
    const { publish } = services.publisher;
    services.publisher = {
      async publish(messages) {
        clock.advance(60_000);
        return await publish(messages);
      },
    };
    const run = await retryQueue(services);
    assert.deepEqual(run, {
      ...NOTHING,
      published: 4 * RETRY_SETTINGS.maxClaimItems,
      left: 1000 - 4 * RETRY_SETTINGS.maxClaimItems,
    });
    assert.deepEqual(lines, [{ severity: 'INFO', event: 'retry_run', fields: { ...run } }]);
    assert.deepEqual(await retryQueue(services), {
      ...NOTHING,
      published: 1000 - 4 * RETRY_SETTINGS.maxClaimItems,
    });
  });

  it('goes on to the queue when an orphan cannot be recovered, and reports it', async () => {
    await queued(services, 2);
    services.outbox = {
      ...services.outbox,
      recoverOrphans: async () => {
        throw new TypeError('createdAt is missing');
      },
    };
    assert.deepEqual(await retryQueue(services), { ...NOTHING, published: 2 });
    const [line] = lines;
    assert.deepEqual([line?.severity, line?.event], ['ERROR', 'adoption_failed']);
  });

  it('takes the items of a run that died once their lease is over', async () => {
    await queued(services, 2);
    const bug = async () => {
      throw new TypeError('a bug');
    };
    const { publisher } = services;
    services.publisher = { publish: bug };
    await assert.rejects(retryQueue(services), TypeError);
    services.publisher = publisher;
    clock.advance(pauseMs(1, 0.5) - 1);
    assert.deepEqual(await retryQueue(services), NOTHING);
    clock.advance(1);
    assert.deepEqual(await retryQueue(services), { ...NOTHING, published: 2 });
  });
});
