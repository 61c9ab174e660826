import assert from 'node:assert/strict';
import { toQueueItem } from '../../../src/tweets/delivery.ts';
import { waitForOutcome } from '../../../src/tweets/outcome.ts';
import type { Capture } from '../../../src/tweets/tweet.ts';
import { captured } from '../../support/fill.ts';
import { memoryServices } from '../../support/memory/services.ts';

describe('waiting for the outcome of a capture', () => {
  let { services, clock }: ReturnType<typeof memoryServices> = memoryServices();
  let capture: Capture;
  let start: number;
  let looks: number[];

  beforeEach(async () => {
    ({ services, clock } = memoryServices());
    [capture] = (await captured(services, 1)) as [Capture];
    start = clock.now().getTime();
    looks = [];
  });

  const elapsed = () => clock.now().getTime() - start;
  /** Does something just before the look that comes at or after `milliseconds`. */
  const at = (milliseconds: number, happens: () => Promise<unknown>) => {
    const { read } = services.tweets;
    services.tweets.read = async (id) => {
      looks.push(elapsed());
      if (elapsed() >= milliseconds) await happens();
      return await read(id);
    };
  };
  const never = () => at(Number.POSITIVE_INFINITY, async () => {});

  it('ends as soon as a look finds the tweet published', async () => {
    at(200, () => services.tweets.markPublished(capture.id, 'message', clock.now()));
    const outcome = await waitForOutcome(capture.id, 800, services);
    assert.equal(outcome?.messageId, 'message');
    assert.equal(elapsed(), 240);
  });

  it('ends as soon as a look finds the tweet queued', async () => {
    at(100, () => services.tweets.enqueue(toQueueItem(capture, 'down', clock.now())));
    const outcome = await waitForOutcome(capture.id, 800, services);
    assert.deepEqual([outcome?.messageId, outcome?.pendingSince], [null, null]);
    assert.equal(elapsed(), 240);
  });

  it('gives up when its time is over, after a last look', async () => {
    never();
    assert.equal(await waitForOutcome(capture.id, 800, services), null);
    assert.deepEqual(looks, [80, 240, 480, 800]);
  });

  it('looks less and less often when it may wait for long, at least once a second', async () => {
    never();
    assert.equal(await waitForOutcome(capture.id, 10_000, services), null);
    assert.equal(elapsed(), 10_000);
    assert.ok(looks.length < 20, 'a read is cheap, but not free');
    assert.ok(looks.every((look, index) => look - (looks[index - 1] ?? 0) <= 1000));
  });

  it('takes no longer than it may, also where that is less than a pause', async () => {
    never();
    assert.equal(await waitForOutcome(capture.id, 10, services), null);
    assert.deepEqual(looks, [10]);
  });

  it('does not look at all when it may not wait', async () => {
    never();
    assert.equal(await waitForOutcome(capture.id, 0, services), null);
    assert.deepEqual(looks, []);
  });

  it('knows no outcome of a tweet that is gone', async () => {
    assert.equal(await waitForOutcome('nobody_1', 800, services), null);
  });
});
