import assert from 'node:assert/strict';
import { BACKOFF, RETRY_SETTINGS } from '../../../src/delivery/policy.ts';
import { retryQueue } from '../../../src/delivery/retryQueue.ts';
import { down } from '../../support/faultyPublisher.ts';
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
const BATCH = RETRY_SETTINGS.maxClaimItems;

describe('an outage of Pub/Sub during a retry run', () => {
  let { services, clock, lines, sent, tweets }: ReturnType<typeof memoryServices> = memoryServices();
  beforeEach(() => {
    ({ services, clock, lines, sent, tweets } = memoryServices());
  });
  const items = () => [...tweets.queue.values()];

  it('ends it after the first batch and spends no attempt of the other items', async () => {
    await queued(services, 500);
    services.publisher = down;
    const run = await retryQueue(services);
    assert.deepEqual(run, { ...NOTHING, failed: BATCH, outage: true, left: 500 - BATCH });
    assert.deepEqual(lines, [{ severity: 'WARNING', event: 'retry_run', fields: { ...run } }]);
    assert.deepEqual(
      items()
        .map((item) => item.attempts)
        .sort(),
      [...Array(500 - BATCH).fill(0), ...Array(BATCH).fill(1)],
    );
  });

  it('keeps the failed items for later, with the reason, and publishes them when it is over', async () => {
    await queued(services, 2);
    const { publisher } = services;
    services.publisher = down;
    await retryQueue(services);
    for (const { status, errorMessage, nextAttemptAt } of items()) {
      assert.deepEqual([status, errorMessage], ['retrying', 'Pub/Sub answered 503']);
      assert.ok(Number(nextAttemptAt) >= clock.now().getTime() + BACKOFF.firstMs);
    }
    services.publisher = publisher;
    assert.deepEqual(await retryQueue(services), NOTHING);
    clock.advance(DAY);
    assert.deepEqual(await retryQueue(services), { ...NOTHING, published: 2 });
  });

  it('of half a day dead-letters nothing', async () => {
    await queued(services, 3);
    const { publisher } = services;
    services.publisher = down;
    for (let minute = 0; minute < 12 * 60; minute += 5) {
      await retryQueue(services);
      clock.advance(5 * 60_000);
    }
    services.publisher = publisher;
    clock.advance(DAY);
    await retryQueue(services);
    assert.equal(sent.length, 3);
    assert.deepEqual(
      lines.filter(({ event }) => event === 'dead_letter'),
      [],
    );
  });
});
