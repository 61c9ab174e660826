import assert from 'node:assert/strict';
import { getStatus, purgeQueue } from '../../src/app/endpoints.ts';
import { NOTHING_PAUSED } from '../../src/brakes/brakes.ts';
import { publishTweet } from '../../src/delivery/publishTweet.ts';
import { captured, queued } from '../support/fill.ts';
import { DAY, newOperator } from '../support/operator.ts';

describe('an admin', () => {
  let { services, clock, bodyOf, dead } = {} as Awaited<ReturnType<typeof newOperator>>;
  beforeEach(async () => {
    ({ services, clock, bodyOf, dead } = await newOperator());
  });

  describe('who asks for the status', () => {
    it('learns what is under way, for how long, what is dead, and what happened in 24 hours', async () => {
      const [old] = await captured(services, 1);
      await publishTweet(old?.id ?? '', services);
      clock.advance(DAY + 1);
      await queued(services, 2);
      clock.advance(90_500);
      const [fresh] = await captured(services, 3);
      await publishTweet(fresh?.id ?? '', services);
      const lastCaptureAt = clock.now().toISOString();
      clock.advance(10_000);
      assert.deepEqual(await bodyOf(getStatus), {
        undelivered: 4,
        oldestUndeliveredSeconds: 100,
        deadLetters: 0,
        capturesLast24h: 5,
        publishesLast24h: 1,
        lastCaptureAt,
        paused: NOTHING_PAUSED,
      });
    });

    it('learns since when what is paused', async () => {
      await services.brakeStore.set('publishing', clock.now());
      const { paused } = await bodyOf(getStatus);
      assert.deepEqual(paused, { ...NOTHING_PAUSED, publishing: clock.now().toISOString() });
    });

    it('learns that there is nothing', async () => {
      const none = { oldestUndeliveredSeconds: null, lastCaptureAt: null };
      const paused = NOTHING_PAUSED;
      const zero = { undelivered: 0, deadLetters: 0, capturesLast24h: 0, publishesLast24h: 0 };
      assert.deepEqual(await bodyOf(getStatus), { ...none, ...zero, paused });
    });

    it('finds dead letters apart from what is under way, and none that were given up', async () => {
      const [one] = await dead(2);
      const status = await bodyOf(getStatus);
      assert.deepEqual([status.undelivered, status.deadLetters], [0, 2]);
      await bodyOf(purgeQueue, { body: { ids: [one?.id] } });
      assert.equal((await bodyOf(getStatus)).deadLetters, 1);
    });

    it('is told no negative age by a clock that is behind', async () => {
      await captured(services, 1);
      clock.advance(-5000);
      assert.equal((await bodyOf(getStatus)).oldestUndeliveredSeconds, 0);
    });
  });
});
