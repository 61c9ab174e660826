import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createRateLimiter, type RateLimiter, type RateLimitMode } from '../../../src/http/rateLimit.ts';
import type { LeaseRequest, RateLimitStore } from '../../../src/http/rateLimitWindow.ts';
import { memoryRateLimits } from '../../support/memory/limits.ts';
import { fakeClock } from '../../support/memory/services.ts';

/** Instances with clocks of their own and one store. */
function setUp(
  { live = 1, limit = 100, counting = 'lenient' as RateLimitMode, aheadMs = [] as number[] } = {},
  pause = async () => {},
) {
  const clock = fakeClock();
  const shared = memoryRateLimits(clock.now);
  let left = 0;
  const store: RateLimitStore = {
    async lease(request: LeaseRequest) {
      await pause();
      const lease = await shared.lease(request);
      left = lease.left;
      await pause();
      return lease;
    },
  };
  const clockOf = (instance: number) => ({
    ...clock,
    now: () => new Date(clock.now().getTime() + (aheadMs[instance] ?? 0)),
  });
  const limiters = Array.from({ length: live }, (_, instance) =>
    createRateLimiter(store, clockOf(instance), () => {}, {
      timeoutMs: 60_000,
      strictTimeoutMs: 60_000,
      cooldownMs: 5000,
    }),
  );
  const send = (limiter: RateLimiter | undefined) => limiter?.('capture user', limit, counting);
  const parallel = (times: number) =>
    limiters.flatMap((limiter) => Array.from({ length: times }, () => send(limiter)));
  /** How many pass of requests that come to these instances one after the other. */
  const arriving = async (instances: Iterable<number>) => {
    const result = { passed: 0, beforeRefusal: null as number | null };
    for (const instance of instances) {
      if ((await send(limiters[instance]))?.allowed) result.passed += 1;
      else result.beforeRefusal ??= result.passed;
    }
    return result;
  };
  return { clock, limiters, send, parallel, arriving, writes: shared.writes, left: () => left };
}

const passedOf = (states: ({ allowed: boolean } | undefined)[]) =>
  states.filter((state) => state?.allowed).length;

const situation = fc.record({
  limit: fc.integer({ min: 1, max: 300 }),
  live: fc.integer({ min: 1, max: 12 }),
  counting: fc.constantFrom('lenient' as const, 'strict' as const),
  times: fc.integer({ min: 1, max: 60 }),
});
type Situation = Parameters<typeof mostOf>[0];
/** One more for each further instance, unless the count is strict. */
const mostOf = ({ limit, live, counting }: { limit: number; live: number; counting: RateLimitMode }) =>
  limit + (counting === 'lenient' ? live - 1 : 0);

describe('a limit that instances share', () => {
  const scheduled = (scheduler: fc.Scheduler) => () => scheduler.schedule(Promise.resolve());

  it('passes the limit, and at most one request more for each further instance, in whatever order things happen [ASVS 2.3.4]', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), situation, async (scheduler, settings: Situation) => {
        const { parallel } = setUp(settings, scheduled(scheduler));
        const passed = passedOf(await scheduler.waitFor(Promise.all(parallel(settings.limit + 1))));
        assert.ok(passed >= settings.limit && passed <= mostOf(settings), `${passed} passed`);
      }),
      { numRuns: 100 },
    );
  });

  it('refuses nobody while there is something to lease', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), situation, async (scheduler, { times, ...settings }) => {
        const { parallel, left } = setUp(settings, scheduled(scheduler));
        const passed = passedOf(await scheduler.waitFor(Promise.all(parallel(times))));
        assert.ok(passed <= mostOf(settings), `${passed} passed`);
        if (passed < settings.live * times) assert.equal(left(), 0);
      }),
      { numRuns: 300 },
    );
  });

  it('holds for requests that come in several waves, too', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), situation, async (scheduler, { times, ...settings }) => {
        const { parallel } = setUp(settings, scheduled(scheduler));
        const waves = [...parallel(times), ...parallel(1)];
        await scheduler.waitIdle();
        const passed = passedOf(await scheduler.waitFor(Promise.all([...waves, ...parallel(times)])));
        assert.ok(passed <= mostOf(settings), `${passed} passed`);
      }),
    );
  });

  /** Requests that come to instances at random, until each of them has refused some. */
  const random = fc.integer({ min: 1, max: 12 }).chain((live) =>
    fc.record({
      live: fc.constant(live),
      limit: fc.integer({ min: 1, max: 300 }),
      counting: fc.constantFrom('lenient' as const, 'strict' as const),
      picks: fc.infiniteStream(fc.nat(live - 1)),
    }),
  );

  it('holds for requests that come at random, and an instance leaves at most an eighth of the limit unused', async () => {
    await fc.assert(
      fc.asyncProperty(random, async ({ picks, ...settings }) => {
        const { live, limit } = settings;
        const { arriving } = setUp(settings);
        const { passed, beforeRefusal } = await arriving(picks.take(3 * (limit + live)));
        const rest = Array.from({ length: limit * live }, (_, request) => request % live);
        const all = passed + (await arriving(rest)).passed;
        assert.ok(all >= limit && all <= mostOf(settings), `${all} passed`);
        const unused = Math.max(3, Math.ceil(limit / 8) - 1);
        if (beforeRefusal !== null) assert.ok(beforeRefusal >= limit - (live - 1) * unused);
      }),
      { numRuns: 200 },
    );
  });

  for (const live of [1, 2, 3]) {
    it(`refuses nobody before 100 have passed, and writes at most 0.2 times a request, on ${live} instances by turns`, async () => {
      const { arriving, writes } = setUp({ live });
      const turns = Array.from({ length: 300 }, (_, request) => request % live);
      assert.deepEqual(await arriving(turns), { passed: 99 + live, beforeRefusal: 99 + live });
      assert.ok(writes() <= 0.2 * 100, `${writes()} writes`);
    });
  }

  it('is not passed again by instances whose clocks are wrong', async () => {
    const aheadMs = [120_000, -120_000, 0, 3_600_000, 20_000];
    const { arriving, clock } = setUp({ live: 5, aheadMs });
    const turns = Array.from({ length: 1000 }, (_, request) => request % 5);
    assert.equal((await arriving(turns)).passed, 104);
    clock.advance(59_999);
    assert.equal((await arriving(turns)).passed, 0);
    clock.advance(1);
    assert.equal((await arriving(turns)).passed, 104);
  });

  it('is exact in an instance whose clock is wrong, window by window', async () => {
    for (const aheadMs of [-50_000, 20_000, 7_000_000]) {
      const { arriving, clock } = setUp({ aheadMs: [aheadMs] });
      assert.equal((await arriving(Array(150).fill(0))).passed, 100);
      clock.advance(60_000);
      assert.equal((await arriving([0])).passed, 1);
      clock.advance(59_000);
      assert.equal((await arriving(Array(150).fill(0))).passed, 99);
    }
  });

  it('tells what all instances together have left, as of the last lease', async () => {
    const { limiters, send } = setUp({ live: 2, limit: 20 });
    for (let request = 0; request < 15; request += 1) await send(limiters[0]);
    await send(limiters[1]);
    const second = await send(limiters[1]);
    assert.ok(second?.allowed && second.remaining <= 4, `${second?.remaining} left`);
    while ((await send(limiters[1]))?.allowed);
    assert.equal((await send(limiters[1]))?.remaining, 0);
  });
});
