import assert from 'node:assert/strict';
import { createRateLimiter, type RateLimitMode } from '../../../src/http/rateLimit.ts';
import type { RateLimitStore } from '../../../src/http/rateLimitWindow.ts';
import { memoryRateLimits } from '../../support/memory/limits.ts';
import { fakeClock } from '../../support/memory/services.ts';

/** Instances with one store, and what it granted to those that asked. */
function setUp({
  live = 1,
  limit = 100,
  counting = 'lenient' as RateLimitMode,
  lease = null as RateLimitStore['lease'] | null,
} = {}) {
  const clock = fakeClock();
  const shared = memoryRateLimits(clock.now);
  const granted: number[] = [];
  const store: RateLimitStore = {
    async lease(request) {
      const answer = await (lease ?? shared.lease)(request);
      granted.push(answer.granted);
      return answer;
    },
  };
  const settings = { timeoutMs: 60_000, strictTimeoutMs: 60_000, cooldownMs: 5000 };
  const limiters = Array.from({ length: live }, () => createRateLimiter(store, clock, () => {}, settings));
  const send = async (request: number) => {
    const state = await limiters[request % live]?.('capture user', limit, counting);
    return Number(state?.allowed);
  };
  const sum = (passed: number[]) => passed.reduce((all, one) => all + one, 0);
  return {
    /** How many of them pass. */
    parallel: async (times: number) =>
      sum(await Promise.all(Array.from({ length: times }, (_, request) => send(request)))),
    async oneByOne(times: number) {
      const passed: number[] = [];
      for (let request = 0; request < times; request += 1) passed.push(await send(request));
      return sum(passed);
    },
    granted,
    writes: shared.writes,
  };
}

describe('what a shared limit costs', () => {
  for (const live of [1, 2, 3]) {
    for (const counting of ['lenient', 'strict'] as const) {
      describe(`(100 a minute, ${live} instances, ${counting})`, () => {
        it('is at most 0.2 writes a request, when they come one after the other', async () => {
          const { oneByOne, writes } = setUp({ live, counting });
          await oneByOne(100 + live);
          assert.ok(writes() <= 20, `${writes()} writes`);
        });

        it('is two writes an instance at most, when they come all at once', async () => {
          const { parallel, writes } = setUp({ live, counting });
          await parallel(100);
          assert.ok(writes() <= 2 * live, `${writes()} writes`);
        });

        it('is no write for all that is refused', async () => {
          const { oneByOne, parallel, writes } = setUp({ live, counting });
          await oneByOne(300);
          const before = writes();
          assert.equal(await parallel(500), 0);
          assert.equal(writes(), before);
        });
      });
    }
  }

  it('is no write for the first request of each instance', async () => {
    const { oneByOne, writes } = setUp({ live: 3 });
    assert.equal(await oneByOne(3), 3);
    assert.equal(writes(), 0);
  });

  it('is ten writes for 100 requests to an instance that is alone', async () => {
    const { oneByOne, granted } = setUp();
    await oneByOne(150);
    assert.deepEqual(granted, [4, 5, 10, 13, 13, 13, 13, 13, 13, 2]);
  });

  it('becomes less with the limit, as leases grow to an eighth of it and no further', async () => {
    const { oneByOne, granted } = setUp({ limit: 3000 });
    await oneByOne(3000);
    assert.equal(Math.max(...granted), 375);
    assert.ok(granted.length <= 20, `${granted.length} writes`);
  });

  it('is leases that become smaller as less is left, if several instances share it', async () => {
    const { oneByOne, granted } = setUp({ live: 3 });
    await oneByOne(300);
    assert.deepEqual(granted.slice(0, 3), [4, 4, 4]);
    const last = granted.filter((portion) => portion > 0).slice(-3);
    assert.ok(
      last.every((portion) => portion <= 2),
      `${granted}`,
    );
  });

  it('is one request at a time where the limit is a few, so that an instance that ends takes none along', async () => {
    const { parallel } = setUp({ live: 4, limit: 5, counting: 'strict' });
    assert.equal(await parallel(4), 4);
  });

  it('is nothing more, once the store has given nothing', async () => {
    let asked = 0;
    const lease: RateLimitStore['lease'] = async () => {
      asked += 1;
      return { granted: 0, left: 0, resetMs: 60_000 };
    };
    const { oneByOne } = setUp({ lease });
    assert.equal(await oneByOne(10), 1);
    assert.equal(asked, 1);
  });
});
