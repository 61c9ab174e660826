import assert from 'node:assert/strict';
import { createRateLimiter } from '../../../src/http/rateLimit.ts';
import type { RateLimitStore } from '../../../src/ports.ts';
import { memoryRateLimits } from '../../support/memory/limits.ts';
import { fakeClock } from '../../support/memory/services.ts';

/** Instances with one store, which tells how much it gave to whom asked. */
function setUp({
  instances = 10 as number | null,
  live = 1,
  limit = 100,
  lease = memoryRateLimits().lease,
} = {}) {
  const granted: number[] = [];
  const store: RateLimitStore = {
    async lease(wanted) {
      const answer = await lease(wanted);
      if (answer.granted > 0) granted.push(answer.granted);
      return answer;
    },
  };
  const settings = { instances, withinMs: 60_000, storeRestMs: 5000 };
  const limiters = Array.from({ length: live }, () =>
    createRateLimiter(store, fakeClock(), () => {}, settings),
  );
  const send = async (request: number) => {
    const state = await limiters[request % live]?.('capture user', limit, 'strict');
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
    writes: () => granted.length,
  };
}

describe('what a shared limit costs', () => {
  for (const { limit, live } of [100, 60].flatMap((limit) => [1, 3, 10].map((live) => ({ limit, live })))) {
    describe(`(${limit} a minute, ${live} of 10 instances)`, () => {
      it('is at most 0.2 writes a request, when they come one after the other', async () => {
        const { oneByOne, writes } = setUp({ live, limit });
        await oneByOne(limit);
        assert.ok(writes() <= limit * 0.2, `${writes()} writes`);
      });

      it('is two writes an instance at most, when they come all at once', async () => {
        const { parallel, writes } = setUp({ live, limit });
        await parallel(limit);
        assert.ok(writes() <= 2 * live, `${writes()} writes`);
      });

      it('is no write for a lone request', async () => {
        const { oneByOne, writes } = setUp({ live, limit });
        assert.equal(await oneByOne(live), live);
        assert.equal(writes(), 0);
      });

      it('is no write for all that is refused', async () => {
        const { oneByOne, parallel, writes } = setUp({ live, limit });
        await oneByOne(3 * limit);
        const before = writes();
        assert.equal(await parallel(500), 0);
        assert.equal(writes(), before);
      });
    });
  }

  it('becomes less with the limit, as leases grow to a tenth of it and no further', async () => {
    const { oneByOne, granted } = setUp({ limit: 3000 });
    await oneByOne(3000);
    assert.equal(Math.max(...granted), 300);
    assert.ok(granted.length <= 20, `${granted.length} writes`);
  });

  it('is never a lease of much more than an instance has used, so that others find something, too', async () => {
    const { oneByOne, granted } = setUp({ live: 3, limit: 100 });
    await oneByOne(100);
    assert.ok(Math.max(...granted) <= 10, `${granted}`);
    assert.deepEqual(granted.slice(0, 3), [4, 4, 4]);
  });

  it('is no lease of less than four where the limit is small', async () => {
    const { oneByOne, granted } = setUp({ limit: 20 });
    await oneByOne(25);
    assert.deepEqual(granted, [4, 4, 5, 5, 2]);
  });

  it('is one request at a time where the limit is a few, so that an instance that ends takes none along', async () => {
    const { parallel } = setUp({ live: 4, limit: 5 });
    assert.equal(await parallel(4), 4);
  });

  it('is one request at first where nothing bounds the instances, so that none holds what others need', async () => {
    const { oneByOne } = setUp({ instances: null, live: 20, limit: 20 });
    assert.equal(await oneByOne(20), 20);
  });

  it('is nothing more, once the store has given nothing', async () => {
    let asked = 0;
    const lease: RateLimitStore['lease'] = async () => {
      asked += 1;
      if (asked > 2) throw new Error('It was asked again');
      return { granted: 0, left: 5 };
    };
    const { oneByOne } = setUp({ lease, instances: null });
    assert.equal(await oneByOne(10), 0);
    assert.equal(asked, 1);
  });
});
