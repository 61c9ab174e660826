import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createRateLimiter, type RateLimiter } from '../../../src/http/rateLimit.ts';
import type { RateLimitStore } from '../../../src/ports.ts';
import { memoryRateLimits } from '../../support/memory/limits.ts';
import { fakeClock } from '../../support/memory/services.ts';

type Lease = Parameters<RateLimitStore['lease']>[0];

/** Instances with one store, which tells what it has given away. */
function setUp({ instances = null as number | null, live = 1, limit = 100 } = {}, pause = async () => {}) {
  const clock = fakeClock();
  const shared = memoryRateLimits();
  let [pool, leased] = [0, 0];
  const store: RateLimitStore = {
    async lease(wanted: Lease) {
      await pause();
      const answer = await shared.lease(wanted);
      pool = wanted.pool;
      leased += answer.granted;
      await pause();
      return answer;
    },
  };
  const limiters = Array.from({ length: live }, () =>
    createRateLimiter(store, clock, () => {}, { instances, withinMs: 60_000, storeRestMs: 5000 }),
  );
  const send = (limiter: RateLimiter | undefined) => limiter?.('capture user', limit, 'strict');
  const parallel = (times: number) =>
    limiters.flatMap((limiter) => Array.from({ length: times }, () => send(limiter)));
  return { clock, limiters, send, parallel, writes: shared.writes, unleased: () => pool - leased };
}

const passedOf = (states: ({ allowed: boolean } | undefined)[]) =>
  states.filter((state) => state?.allowed).length;

/** A limit, at most so many instances as may live, and what comes to each of them at once. */
const situation = fc
  .record({
    limit: fc.integer({ min: 1, max: 300 }),
    live: fc.integer({ min: 1, max: 12 }),
    more: fc.option(fc.nat(8)),
    times: fc.integer({ min: 1, max: 60 }),
  })
  .map(({ more, live, ...rest }) => ({ ...rest, live, instances: more === null ? null : live + more }));

describe('a limit that instances share', () => {
  const scheduled = (scheduler: fc.Scheduler) => () => scheduler.schedule(Promise.resolve());

  it('lets exactly 100 of 8 times 50 parallel requests pass, in whatever order things happen', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const { parallel, writes } = setUp({ instances: 8, live: 8, limit: 100 }, scheduled(scheduler));
        assert.equal(passedOf(await scheduler.waitFor(Promise.all(parallel(50)))), 100);
        assert.ok(writes() <= 0.2 * 100, `${writes()} writes`);
      }),
    );
  });

  it('never lets more pass than the limit, and refuses nobody while there is something to lease', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), situation, async (scheduler, { times, ...settings }) => {
        const { parallel, unleased } = setUp(settings, scheduled(scheduler));
        const passed = passedOf(await scheduler.waitFor(Promise.all(parallel(times))));
        assert.ok(passed <= settings.limit, `${passed} passed`);
        if (passed < settings.live * times) assert.equal(unleased(), 0);
      }),
      { numRuns: 300 },
    );
  });

  it('lets exactly the limit pass when every instance has enough to do', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), situation, async (scheduler, { limit, live, instances }) => {
        const all = instances && live;
        const { parallel } = setUp({ limit, live, instances: all }, scheduled(scheduler));
        assert.equal(passedOf(await scheduler.waitFor(Promise.all(parallel(limit)))), limit);
      }),
      { numRuns: 50 },
    );
  });

  it('holds for requests that come in several waves, too', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), situation, async (scheduler, { times, ...settings }) => {
        const { parallel } = setUp(settings, scheduled(scheduler));
        const waves = [...parallel(times), ...parallel(1)];
        await scheduler.waitIdle();
        const passed = passedOf(await scheduler.waitFor(Promise.all([...waves, ...parallel(times)])));
        assert.ok(passed <= settings.limit, `${passed} passed`);
      }),
    );
  });

  it('tells what all instances together have left, as of the last lease', async () => {
    const { limiters, send } = setUp({ live: 2, limit: 20 });
    for (let request = 0; request < 15; request += 1) await send(limiters[0]);
    const first = await send(limiters[1]);
    assert.ok(first?.allowed && first.remaining <= 4, `${first?.remaining} left`);
    while ((await send(limiters[1]))?.allowed);
    assert.equal((await send(limiters[1]))?.remaining, 0);
  });

  it('gives nothing of a window to the next one, when that begins while a lease is under way', async () => {
    let answer = () => {};
    const late = () =>
      new Promise<void>((resolve) => {
        answer = resolve;
      });
    const pauses = [async () => {}, late];
    const { clock, limiters, send } = setUp({ limit: 10 }, () => (pauses.shift() ?? (async () => {}))());
    const before = send(limiters[0]);
    await new Promise(setImmediate);
    clock.advance(60_000);
    const after = await Promise.all(Array.from({ length: 11 }, () => send(limiters[0])));
    answer();
    assert.equal((await before)?.allowed, true);
    assert.equal(passedOf(after), 10);
    assert.equal((await send(limiters[0]))?.allowed, false);
  });
});
