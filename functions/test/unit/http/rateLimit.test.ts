import assert from 'node:assert/strict';
import { createRateLimiter, type RateLimitMode, rateLimitHeaders } from '../../../src/http/rateLimit.ts';
import type { RateLimitStore } from '../../../src/http/rateLimitWindow.ts';
import { memoryRateLimits } from '../../support/memory/limits.ts';
import { fakeClock, type LogLine } from '../../support/memory/services.ts';

/** One instance, with the number of times that it asked the store. */
function setUp({ limit = 3 } = {}) {
  const clock = fakeClock(new Date('2026-03-01T12:00:10.001Z'));
  const lines: LogLine[] = [];
  const shared = memoryRateLimits(clock.now);
  let asked = 0;
  const store: RateLimitStore = {
    lease: (request) => {
      asked += 1;
      return shared.lease(request);
    },
  };
  const log = (severity: LogLine['severity'], event: string, fields = {}) =>
    void lines.push({ severity, event, fields });
  const limiter = createRateLimiter(store, clock, log, {
    timeoutMs: 1000,
    strictTimeoutMs: 1000,
    cooldownMs: 5000,
  });
  const count = (key = 'user', counting: RateLimitMode = 'strict') => limiter(key, limit, counting);
  const allowed = async (times: number, counting: RateLimitMode = 'strict') => {
    const states = await Promise.all(Array.from({ length: times }, () => count('user', counting)));
    return states.filter((state) => state.allowed).length;
  };
  return { clock, lines, count, allowed, asked: () => asked };
}

describe('the rate limit', () => {
  for (const counting of ['strict', 'lenient', 'local'] as const) {
    it(`counts down to zero and refuses from then on (${counting})`, async () => {
      const { count, lines } = setUp();
      const states = [];
      for (let request = 0; request < 5; request += 1) states.push(await count('user', counting));
      assert.deepEqual(
        states.map(({ allowed, limit, remaining }) => [allowed, limit, remaining]),
        [
          [true, 3, 2],
          [true, 3, 1],
          [true, 3, 0],
          [false, 3, 0],
          [false, 3, 0],
        ],
      );
      assert.deepEqual(lines, []);
    });

    it(`tells the first refusal in a window from the others (${counting})`, async () => {
      const { count, clock } = setUp();
      const firsts = async () => {
        const states = await Promise.all(Array.from({ length: 6 }, () => count('user', counting)));
        return states.map((state) => state.firstRefusal);
      };
      assert.deepEqual(await firsts(), [false, false, false, true, false, false]);
      clock.advance(60_000);
      assert.deepEqual(await firsts(), [false, false, false, true, false, false]);
    });

    it(`is one for each key (${counting})`, async () => {
      const { count } = setUp();
      for (let request = 0; request < 4; request += 1) await count('one', counting);
      const { allowed, remaining } = await count('other', counting);
      assert.deepEqual([allowed, remaining], [true, 2]);
    });

    it(`starts afresh with each minute of the clock, not earlier (${counting})`, async () => {
      const { count, clock } = setUp();
      for (let request = 0; request < 4; request += 1) await count('user', counting);
      clock.advance(49_998);
      assert.deepEqual(await count('user', counting), {
        allowed: false,
        limit: 3,
        remaining: 0,
        resetSeconds: 1,
        firstRefusal: false,
      });
      clock.advance(1);
      const { allowed, remaining, resetSeconds } = await count('user', counting);
      assert.deepEqual([allowed, remaining, resetSeconds], [true, 2, 60]);
    });

    it(`passes exactly the limit in an instance that is alone, and refuses the next one (${counting})`, async () => {
      for (const limit of [1, 2, 5, 59, 60, 100, 1000]) {
        const { count, clock } = setUp({ limit });
        for (let window = 0; window < 3; window += 1) {
          for (let request = 1; request <= limit; request += 1) {
            assert.ok((await count('user', counting)).allowed, `${request} of ${limit}`);
          }
          assert.ok(!(await count('user', counting)).allowed, `${limit + 1} of ${limit}`);
          clock.advance(60_000);
        }
      }
    });

    it(`passes exactly the limit when all requests come at once (${counting})`, async () => {
      for (const limit of [1, 5, 60, 100]) {
        assert.equal(await setUp({ limit }).allowed(2 * limit, counting), limit);
      }
    });
  }

  it('says when the window ends, in whole seconds and never too early', async () => {
    const { count, clock } = setUp();
    assert.equal((await count()).resetSeconds, 50);
    clock.advance(48_999);
    assert.equal((await count()).resetSeconds, 1);
  });

  it('asks no store if each instance counts alone', async () => {
    const { count, asked } = setUp();
    for (let request = 0; request < 5; request += 1) await count('user', 'local');
    assert.equal(asked(), 0);
  });

  it('passes the first request of a window without asking the store, unless it is strict', async () => {
    const { count, clock, asked } = setUp({ limit: 100 });
    for (let window = 0; window < 3; window += 1) {
      await count('user', 'lenient');
      clock.advance(60_000);
    }
    assert.equal(asked(), 0);
    await count('sign-in', 'strict');
    assert.equal(asked(), 1);
  });

  it('asks the store no more once nothing is left', async () => {
    const { allowed, asked } = setUp({ limit: 60 });
    await allowed(61);
    const before = asked();
    assert.equal(await allowed(500), 0);
    assert.equal(asked(), before);
  });

  it('keeps a bounded number of keys, the latest ones', async () => {
    const { count } = setUp({ limit: 1 });
    for (let key = 0; key < 40_000; key += 1) await count(`network ${key}`, 'local');
    assert.ok(!(await count('network 39999', 'local')).allowed);
    assert.ok((await count('network 0', 'local')).allowed);
  });
});

describe('the headers of a rate limit', () => {
  const state = { allowed: true, limit: 100, remaining: 99, resetSeconds: 50, firstRefusal: false };

  it('tell the policy and what is left', () => {
    assert.deepEqual(rateLimitHeaders(state), {
      'RateLimit-Policy': '"default";q=100;w=60',
      RateLimit: '"default";r=99;t=50',
    });
  });

  it('tell a refused caller when to come back', () => {
    assert.deepEqual(rateLimitHeaders({ ...state, allowed: false, remaining: 0 }), {
      'RateLimit-Policy': '"default";q=100;w=60',
      RateLimit: '"default";r=0;t=50',
      'Retry-After': '50',
    });
  });
});
