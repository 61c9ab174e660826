import type { Clock } from '../ports.ts';

const WINDOW_SECONDS = 60;

export interface RateLimitState {
  allowed: boolean;
  limit: number;
  remaining: number;
  /** Until the window ends. */
  resetSeconds: number;
}

/** Counts one request of `key` and tells whether it is within the limit. */
export type RateLimiter = (key: string) => RateLimitState;

/** Fixed windows of one minute, counted in this instance's memory; a new window forgets the old one's keys. */
export function createRateLimiter(clock: Clock, limit: number): RateLimiter {
  let window = -1;
  const counts = new Map<string, number>();
  return (key) => {
    const seconds = clock.now().getTime() / 1000;
    const current = Math.floor(seconds / WINDOW_SECONDS);
    if (current !== window) {
      window = current;
      counts.clear();
    }
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    return {
      allowed: count <= limit,
      limit,
      remaining: Math.max(0, limit - count),
      resetSeconds: Math.ceil((current + 1) * WINDOW_SECONDS - seconds),
    };
  };
}

/** The fields of draft-ietf-httpapi-ratelimit-headers, and Retry-After (RFC 9110) on a refusal. */
export function rateLimitHeaders(state: RateLimitState): Record<string, string> {
  return {
    'RateLimit-Policy': `"default";q=${state.limit};w=${WINDOW_SECONDS}`,
    RateLimit: `"default";r=${state.remaining};t=${state.resetSeconds}`,
    ...(!state.allowed && { 'Retry-After': String(state.resetSeconds) }),
  };
}
