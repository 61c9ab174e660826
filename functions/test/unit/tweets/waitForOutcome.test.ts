import assert from 'node:assert/strict';
import { newQueueItem } from '../../../src/delivery/queueItem.ts';
import type { Capture } from '../../../src/tweets/tweet.ts';
import { waitForOutcome } from '../../../src/tweets/waitForOutcome.ts';
import { captured } from '../../support/fill.ts';
import { memoryServices } from '../../support/memory/services.ts';

describe('waiting for the outcome of a capture', () => {
  let { services, clock }: ReturnType<typeof memoryServices> = memoryServices();
  let capture: Capture;
  let start: number;
  /** Ends the wait. */
  let wake: () => void;

  beforeEach(async () => {
    ({ services, clock } = memoryServices());
    [capture] = (await captured(services, 1)) as [Capture];
    start = clock.now().getTime();
  });

  const elapsed = () => clock.now().getTime() - start;
  const asleep = () => {
    services.clock = {
      ...clock,
      sleep: () =>
        new Promise((resolve) => {
          wake = resolve;
        }),
    };
  };

  it('ends as soon as the tweet is published', async () => {
    asleep();
    const waited = waitForOutcome(capture.id, 800, services);
    await services.outbox.markPublished(capture.id, 'message', clock.now());
    assert.equal((await waited)?.messageId, 'message');
  });

  it('ends as soon as the tweet is queued', async () => {
    asleep();
    const waited = waitForOutcome(capture.id, 800, services);
    await services.outbox.enqueue(newQueueItem(capture, 'down', clock.now()));
    const outcome = await waited;
    assert.deepEqual([outcome?.messageId, outcome?.pendingSince], [null, null]);
  });

  it('gives up when its time is over, and then looks no more', async () => {
    asleep();
    let signal: AbortSignal | undefined;
    const { waitUntilSettled } = services.tweets;
    services.tweets.waitUntilSettled = (id, given) => {
      signal = given;
      return waitUntilSettled(id, given);
    };
    const waited = waitForOutcome(capture.id, 800, services);
    wake();
    assert.equal(await waited, null);
    assert.ok(signal?.aborted);
  });

  it('leaves no alarm behind once it has ended', async () => {
    await services.outbox.markPublished(capture.id, 'message', clock.now());
    await waitForOutcome(capture.id, 800, services);
    await new Promise(setImmediate);
    assert.equal(elapsed(), 0);
  });

  it('takes as long as it may', async () => {
    assert.equal(await waitForOutcome(capture.id, 800, services), null);
    assert.equal(elapsed(), 800);
  });

  it('gives up in time also where the database never answers', async () => {
    services.tweets.waitUntilSettled = () => new Promise(() => {});
    assert.equal(await waitForOutcome(capture.id, 800, services), null);
    assert.equal(elapsed(), 800);
  });

  it('does not look at all when it may not wait', async () => {
    services.tweets.waitUntilSettled = () => assert.fail('looked');
    assert.equal(await waitForOutcome(capture.id, 0, services), null);
  });

  it('knows no outcome of a tweet that is gone', async () => {
    asleep();
    assert.equal(await waitForOutcome('nobody_1', 800, services), null);
  });
});
