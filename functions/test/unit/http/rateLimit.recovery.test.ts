import assert from 'node:assert/strict';
import { createRateLimiter, type RateLimitMode } from '../../../src/http/rateLimit.ts';
import type { RateLimitStore } from '../../../src/http/rateLimitWindow.ts';
import { memoryRateLimits } from '../../support/memory/limits.ts';
import { fakeClock, type LogLine } from '../../support/memory/services.ts';

const COOLDOWN_MS = 5000;

/** One instance, whose store a test can take away and give back. */
function setUp({ limit = 100 } = {}) {
  const clock = fakeClock();
  const lines: LogLine[] = [];
  const shared = memoryRateLimits(clock.now);
  const state = { isDown: true, asked: 0, remaining: 0, resetSeconds: 0 };
  const store: RateLimitStore = {
    async lease(wanted) {
      state.asked += 1;
      if (state.isDown) throw new Error('The database is down.');
      return await shared.lease(wanted);
    },
  };
  const log = (severity: LogLine['severity'], event: string, fields = {}) =>
    void lines.push({ severity, event, fields });
  const limiter = createRateLimiter(store, clock, log, {
    timeoutMs: 1000,
    strictTimeoutMs: 1000,
    cooldownMs: COOLDOWN_MS,
  });
  const allowed = async (times: number, counting: RateLimitMode = 'lenient', key = 'user') => {
    let passed = 0;
    for (let request = 0; request < times; request += 1) {
      const told = await limiter(key, limit, counting);
      if (told.allowed) passed += 1;
      state.remaining = told.remaining;
      state.resetSeconds = told.resetSeconds;
    }
    return passed;
  };
  return { clock, lines, state, shared, allowed };
}

describe('a count that could not be reached', () => {
  it('is left alone for a while, by all keys, and asked again after it', async () => {
    const { clock, state, lines, allowed } = setUp();
    await allowed(30);
    await allowed(30, 'lenient', 'other user');
    clock.advance(COOLDOWN_MS - 1);
    await allowed(30);
    assert.deepEqual([state.asked, lines.length], [1, 1]);
    clock.advance(1);
    await allowed(5, 'lenient', 'third user');
    assert.deepEqual([state.asked, lines.length], [2, 2]);
  });

  it('is asked again in the same window, as soon as it has rested', async () => {
    const { clock, state, shared, allowed } = setUp();
    await allowed(3);
    state.isDown = false;
    clock.advance(COOLDOWN_MS);
    await allowed(50);
    assert.ok(shared.writes() > 0);
  });

  it('is asked by every strict request, rested or not', async () => {
    const { state, allowed } = setUp();
    await allowed(1);
    await assert.rejects(allowed(1, 'strict', 'sign-in'));
    state.isDown = false;
    assert.equal(await allowed(5, 'strict', 'sign-in'), 5);
  });

  it('tells of no more left than an instance may pass alone', async () => {
    const { state, allowed } = setUp();
    let before = 100;
    for (const left of [99, 98, 60, 1, 0]) {
      await allowed(before - left);
      before = left;
      assert.equal(state.remaining, left);
    }
  });

  it('lets an instance pass exactly the limit in one window', async () => {
    for (const before of [1, 2, 30, 60, 99, 100]) {
      const { clock, state, allowed } = setUp();
      assert.equal(await allowed(before), before);
      state.isDown = false;
      clock.advance(COOLDOWN_MS);
      assert.equal(before + (await allowed(200)), 100, `${before} of them during the outage`);
    }
  });

  it('is told what this instance passed alone, so that others pass no more than the rest', async () => {
    const { clock, state, shared, allowed } = setUp();
    await allowed(40);
    state.isDown = false;
    clock.advance(COOLDOWN_MS);
    await allowed(20);
    const other = createRateLimiter(shared, clock, () => {}, {
      timeoutMs: 1000,
      strictTimeoutMs: 1000,
      cooldownMs: COOLDOWN_MS,
    });
    let passed = 0;
    for (let request = 0; request < 100; request += 1) {
      if ((await other('user', 100, 'lenient')).allowed) passed += 1;
    }
    assert.ok(passed >= 41 - 12 && passed <= 41, `${passed} passed`);
  });
});

describe('a clock that steps back', () => {
  for (const counting of ['strict', 'lenient', 'local'] as const) {
    it(`opens no window again (${counting})`, async () => {
      const { clock, state, allowed } = setUp({ limit: 60 });
      state.isDown = false;
      assert.equal(await allowed(70, counting), 60);
      clock.advance(-1);
      assert.equal(await allowed(70, counting), 0);
      assert.equal(state.resetSeconds, 61, 'until the window ends that is open');
      clock.advance(1);
      assert.equal(await allowed(70, counting), 0);
      clock.advance(60_000);
      assert.equal(await allowed(70, counting), 60);
    });
  }

  it('by more than two minutes does not close a key for as long', async () => {
    const { clock, state, allowed } = setUp({ limit: 60 });
    state.isDown = false;
    assert.equal(await allowed(70), 60);
    clock.advance(-3_600_000);
    assert.equal(await allowed(1, 'local'), 1);
    assert.ok(state.resetSeconds <= 60);
  });
});
