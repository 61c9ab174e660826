import assert from 'node:assert/strict';
import { createRateLimiter, rateLimitHeaders } from '../../../src/http/rateLimit.ts';
import { fakeClock } from '../../support/memory/services.ts';

describe('the rate limit', () => {
  const open = (limit: number, start = '2026-03-01T12:00:00Z') => {
    const clock = fakeClock(new Date(start));
    return { clock, count: createRateLimiter(clock, limit) };
  };

  it('lets as many requests through as it says, and counts them down', () => {
    const { count } = open(3);
    const states = Array.from({ length: 5 }, () => count('key'));
    assert.deepEqual(
      states.map(({ allowed, remaining }) => [allowed, remaining]),
      [
        [true, 2],
        [true, 1],
        [true, 0],
        [false, 0],
        [false, 0],
      ],
    );
  });

  it('counts each key for itself', () => {
    const { count } = open(1);
    assert.deepEqual(
      ['capture a', 'capture b', 'login a', 'capture a'].map((key) => count(key).allowed),
      [true, true, true, false],
    );
  });

  it('starts anew with each minute, and says how long that is', () => {
    const { clock, count } = open(1, '2026-03-01T12:00:48.500Z');
    assert.deepEqual(count('key'), { allowed: true, limit: 1, remaining: 0, resetSeconds: 12 });
    clock.advance(11_499);
    assert.deepEqual(count('key'), { allowed: false, limit: 1, remaining: 0, resetSeconds: 1 });
    clock.advance(1);
    assert.deepEqual(count('key'), { allowed: true, limit: 1, remaining: 0, resetSeconds: 60 });
  });

  it('is told in RateLimit-Policy and RateLimit, and in Retry-After on a refusal only', () => {
    const state = { allowed: true, limit: 100, remaining: 42, resetSeconds: 17 };
    assert.deepEqual(rateLimitHeaders(state), {
      'RateLimit-Policy': '"default";q=100;w=60',
      RateLimit: '"default";r=42;t=17',
    });
    assert.deepEqual(rateLimitHeaders({ ...state, allowed: false, remaining: 0 }), {
      'RateLimit-Policy': '"default";q=100;w=60',
      RateLimit: '"default";r=0;t=17',
      'Retry-After': '17',
    });
  });
});
