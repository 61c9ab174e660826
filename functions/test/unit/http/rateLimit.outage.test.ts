import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { AppError } from '../../../src/core/errors.ts';
import { createRateLimiter, type RateLimitMode } from '../../../src/http/rateLimit.ts';
import type { RateLimitStore } from '../../../src/http/rateLimitWindow.ts';
import { memoryRateLimits } from '../../support/memory/limits.ts';
import { fakeClock, type LogLine } from '../../support/memory/services.ts';

const TIMEOUT_MS = 1000;
const down: RateLimitStore['lease'] = async () => {
  throw new AppError('unavailable', 'The database is down.');
};
const hanging: RateLimitStore['lease'] = () => new Promise(() => {});

/** One instance with a store that a test can put something in front of. */
function setUp({ limit = 20 } = {}) {
  const clock = fakeClock();
  const lines: LogLine[] = [];
  const shared = memoryRateLimits(clock.now);
  const store = { lease: shared.lease };
  const log = (severity: LogLine['severity'], event: string, fields = {}) =>
    void lines.push({ severity, event, fields });
  const limiter = createRateLimiter(store, clock, log, {
    timeoutMs: TIMEOUT_MS / 2,
    strictTimeoutMs: TIMEOUT_MS,
    cooldownMs: 5000,
  });
  const send = (times: number, counting: RateLimitMode) =>
    Promise.all(Array.from({ length: times }, () => limiter('user', limit, counting)));
  const allowed = async (times: number, counting: RateLimitMode) =>
    (await send(times, counting)).filter((state) => state.allowed).length;
  return { clock, lines, store, shared, send, allowed };
}

describe('a strict rate limit, when the count cannot be reached,', () => {
  it('lets nobody pass, and everybody again when it is back [ASVS 16.5.2]', async () => {
    const { store, shared, send, allowed, lines } = setUp();
    store.lease = down;
    const results = await Promise.allSettled(Array.from({ length: 30 }, () => send(1, 'strict')));
    assert.ok(results.every(({ status }) => status === 'rejected'));
    await assert.rejects(send(1, 'strict'), { code: 'unavailable' });
    store.lease = shared.lease;
    assert.equal(await allowed(50, 'strict'), 20);
    assert.deepEqual(lines, []);
  });

  it('goes on with what it holds', async () => {
    const { store, allowed, send } = setUp({ limit: 60 });
    assert.equal(await allowed(1, 'strict'), 1);
    store.lease = down;
    assert.equal(await allowed(3, 'strict'), 3);
    await assert.rejects(send(1, 'strict'), { code: 'unavailable' });
  });

  describe('because it hangs,', () => {
    beforeEach(() => mock.timers.enable({ apis: ['setTimeout'] }));
    afterEach(() => mock.timers.reset());

    it('waits for as long as it was told to', async () => {
      const { store, send, shared, allowed } = setUp();
      store.lease = hanging;
      const request = send(3, 'strict');
      let hasEnded = false;
      request
        .catch(() => {})
        .finally(() => {
          hasEnded = true;
        });
      mock.timers.tick(TIMEOUT_MS - 1);
      await turn();
      assert.ok(!hasEnded);
      mock.timers.tick(1);
      await assert.rejects(request, { code: 'unavailable' });
      store.lease = shared.lease;
      assert.equal(await allowed(50, 'strict'), 20);
    });

    it('takes nothing from an answer that comes too late', async () => {
      const { store, send, shared, allowed } = setUp();
      let answer = () => {};
      store.lease = async (wanted) => {
        await new Promise<void>((resolve) => {
          answer = resolve;
        });
        return await shared.lease({ ...wanted, needed: 5, wanted: 5 });
      };
      const request = send(1, 'strict');
      mock.timers.tick(TIMEOUT_MS);
      await assert.rejects(request, { code: 'unavailable' });
      answer();
      await turn();
      store.lease = shared.lease;
      assert.equal(await allowed(50, 'strict'), 15);
    });
  });
});

describe('a lenient rate limit, when the count cannot be reached,', () => {
  it('goes on with a limit of this instance alone, and says so once a window', async () => {
    const { store, allowed, lines, clock } = setUp();
    store.lease = down;
    assert.equal(await allowed(50, 'lenient'), 20);
    assert.equal(await allowed(50, 'lenient'), 0);
    assert.deepEqual(lines, [
      {
        severity: 'WARNING',
        event: 'rate_limit_counted_alone',
        fields: { reason: 'AppError: The database is down.' },
      },
    ]);
    clock.advance(60_000);
    assert.equal(await allowed(50, 'lenient'), 20);
    assert.equal(lines.length, 2);
  });

  it('passes no more than the limit in all, whatever it passed before', async () => {
    for (const before of [1, 3, 7, 15]) {
      const { store, allowed, send } = setUp();
      assert.equal(await allowed(before, 'lenient'), before);
      store.lease = down;
      const states = [];
      for (let request = 0; request < 50; request += 1) states.push(...(await send(1, 'lenient')));
      assert.equal(before + states.filter((state) => state.allowed).length, 20);
    }
  });

  it('does so when it hangs, too', async () => {
    mock.timers.enable({ apis: ['setTimeout'] });
    try {
      const { store, allowed } = setUp();
      store.lease = hanging;
      const passed = allowed(50, 'lenient');
      mock.timers.tick(TIMEOUT_MS / 2);
      assert.equal(await passed, 20);
    } finally {
      mock.timers.reset();
    }
  });

  it('counts with all others again from the next window on', async () => {
    const { store, shared, allowed, clock, lines } = setUp();
    store.lease = down;
    await allowed(2, 'lenient');
    clock.advance(60_000);
    store.lease = shared.lease;
    assert.equal(await allowed(50, 'lenient'), 20);
    assert.equal(lines.length, 1);
    assert.ok(shared.writes() > 0);
  });
});
