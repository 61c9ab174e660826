import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createRateLimiter } from '../../../src/http/rateLimit.ts';
import type { RateLimitStore } from '../../../src/http/rateLimitWindow.ts';
import { memoryRateLimits } from '../../support/memory/limits.ts';
import { fakeClock } from '../../support/memory/services.ts';

interface Situation {
  live?: number;
  limit?: number;
  lease?: RateLimitStore['lease'];
  pause?: () => Promise<void>;
}

/** Instances with one store, and what has passed of the requests to all of them. */
function setUp({ live = 1, limit = 100, pause = async () => {}, ...given }: Situation = {}) {
  const clock = fakeClock();
  const lease = given.lease ?? memoryRateLimits(clock.now).lease;
  const store: RateLimitStore = {
    async lease(request) {
      await pause();
      return await lease(request);
    },
  };
  const limiters = Array.from({ length: live }, () =>
    createRateLimiter(store, clock, () => {}, {
      timeoutMs: 60_000,
      strictTimeoutMs: 60_000,
      cooldownMs: 5000,
    }),
  );
  const send = async (cost: number, instance = 0) => {
    const state = await limiters[instance]?.('batch user', limit, 'lenient', cost);
    assert.ok(state && state.remaining >= 0);
    return state.allowed;
  };
  return { send, clock };
}

describe('a request that counts as several', () => {
  it('passes in a fresh minute, whatever it counts as and whatever the limit', async () => {
    for (const limit of [1, 9, 10, 11, 59, 60, 61, 100, 600, 5000]) {
      for (const cost of [10, 100, 10_000]) {
        assert.ok(await setUp({ limit }).send(cost), `${cost} of ${limit} a minute`);
      }
    }
  });

  it('spends as many, so that a lone instance passes ten times ten of a hundred', async () => {
    const { send, clock } = setUp();
    const passes = async () => {
      const passed: boolean[] = [];
      for (let request = 0; request < 12; request += 1) passed.push(await send(10));
      return passed.filter(Boolean).length;
    };
    assert.equal(await passes(), 10);
    clock.advance(60_000);
    assert.equal(await passes(), 10);
  });

  it('passes as a whole or not at all, and leaves what is not enough to smaller ones', async () => {
    const { send } = setUp({ limit: 14 });
    assert.ok(await send(10));
    assert.ok(!(await send(5)));
    assert.ok(await send(4));
    assert.ok(!(await send(1)));
  });

  it('is counted by an instance alone, where the others cannot be asked', async () => {
    const lease: RateLimitStore['lease'] = async () => {
      throw new Error('The database is down.');
    };
    const { send } = setUp({ limit: 25, lease });
    const passed = [await send(10), await send(1), await send(10), await send(10), await send(4)];
    assert.deepEqual(passed, [true, true, true, false, true]);
    assert.ok(!(await send(1)));

    const alone = setUp({ limit: 60, lease });
    let passed60 = 0;
    for (let request = 0; request < 8; request += 1) passed60 += Number(await alone.send(10));
    assert.equal(passed60, 6, 'with what it had in hand before');
  });

  const situation = fc.record({
    limit: fc.integer({ min: 1, max: 200 }),
    live: fc.integer({ min: 1, max: 6 }),
    weights: fc.array(fc.integer({ min: 1, max: 10 }), { minLength: 1, maxLength: 60 }),
  });

  it('never makes more pass than the limit and one for each further instance, in whatever order things happen', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), situation, async (scheduler, { weights, ...settings }) => {
        const { send } = setUp({ ...settings, pause: () => scheduler.schedule(Promise.resolve()) });
        const all = weights.map((weight, index) => send(weight, index % settings.live));
        const passed = await scheduler.waitFor(Promise.all(all));
        const spent = weights.map((weight, index) => (passed[index] ? Math.min(weight, settings.limit) : 0));
        const sum = spent.reduce((total, weight) => total + weight, 0);
        assert.ok(sum <= settings.limit + settings.live - 1, `${sum} passed`);
      }),
      { numRuns: 300 },
    );
  });
});
