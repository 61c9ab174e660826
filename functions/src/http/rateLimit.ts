import { within } from '../deadline.ts';
import { Failure } from '../failures.ts';
import type { Clock, Log, RateLimitStore } from '../ports.ts';

const WINDOW_SECONDS = 60;
/** One request in so many is set aside, for the first ones of every instance. */
const SET_ASIDE = 6;
const LEAST_LEASE = 4;

/**
 * Who counts, and what happens when the count cannot be reached. `strict`: all instances together, and without
 * them nobody passes; `lenient`: all together, and without them this instance alone; `local`: this instance alone.
 */
export type Counting = 'strict' | 'lenient' | 'local';

export interface RateLimitState {
  allowed: boolean;
  limit: number;
  /** What this instance knows to be left; others may take of it. */
  remaining: number;
  /** Until the window ends. */
  resetSeconds: number;
  /** Whether this instance refuses the key for the first time in this window. */
  firstRefusal: boolean;
}

/**
 * Counts one request of `key` and tells whether it is within `limit` requests a minute. One that counts as `several`
 * passes as a whole or not at all; it never counts as more than an instance can pass, so that it passes in a fresh minute.
 * Fails with `unavailable` where a strict count cannot be reached.
 */
export type RateLimiter = (
  key: string,
  limit: number,
  counting: Counting,
  several?: number,
) => Promise<RateLimitState>;

/** What an instance holds of one key's window. */
interface Holding {
  inHand: number;
  /** What the others have left, by the last lease. */
  left: number;
  used: number;
  waiting: number;
  refused: boolean;
  lease: Promise<void> | null;
}

interface Settings {
  /** The most instances that may live at the same time, or null where nothing bounds them. */
  instances: number | null;
  withinMs: number;
  /** How long a store that failed is left alone. */
  storeRestMs: number;
}

/**
 * Fixed windows of one minute. Each instance may pass a few requests of a key without asking anybody, out of a part
 * that is set aside for this; everything else it leases from a count that all share, in batches that grow with its
 * own need. What a window or an instance leaves unused is lost, never passed twice.
 */
export function createRateLimiter(
  store: RateLimitStore,
  clock: Clock,
  log: Log,
  { instances, withinMs, storeRestMs }: Settings,
): RateLimiter {
  let current = -1;
  let storeRestsUntil = 0;
  const holdings = new Map<string, Holding>();

  const shareOf = (limit: number) => (instances ? Math.floor(limit / SET_ASIDE / instances) : 0);
  const poolOf = (limit: number) => limit - shareOf(limit) * (instances ?? 0);

  const open = (key: string, limit: number, counting: Counting): Holding => {
    const [inHand, left] = counting === 'local' ? [limit, 0] : [shareOf(limit), poolOf(limit)];
    const opened = { inHand, left, used: 0, waiting: 0, refused: false, lease: null };
    holdings.set(key, opened);
    return opened;
  };

  const lease = async (key: string, window: number, limit: number, counting: Counting, held: Holding) => {
    // Of a small limit no instance takes most at once: one that ends would take it along.
    const least = instances ? Math.min(LEAST_LEASE, Math.max(1, Math.floor(limit / 5))) : 1;
    const usual = Math.min(Math.max(least, held.used), Math.max(LEAST_LEASE + 1, Math.ceil(limit / 10)));
    const { inHand, used, waiting } = held;
    // What it passed alone during an outage counts, too: no instance passes more than the limit.
    const wanted = Math.min(Math.max(usual, waiting - inHand), limit - used - inHand);
    if (wanted === 0) {
      held.left = 0;
      return;
    }
    const windowStart = new Date(window * WINDOW_SECONDS * 1000);
    const isResting = clock.now().getTime() < storeRestsUntil;
    if (isResting && counting !== 'strict') {
      held.inHand += wanted;
      return;
    }
    try {
      const leased = store.lease({ key, windowStart, wanted, pool: poolOf(limit) });
      const { granted, left } = await within(withinMs, leased, tooLate);
      held.inHand += granted;
      held.left = granted === 0 ? 0 : left;
    } catch (error) {
      if (counting === 'strict') throw error;
      log('WARNING', 'rate_limit_counted_alone', { reason: String(error) });
      storeRestsUntil = clock.now().getTime() + storeRestMs;
      held.inHand += wanted;
    }
  };

  return async (key, limit, counting, several = 1) => {
    // What is set aside for other instances, this one never gets.
    const weight = Math.min(several, shareOf(limit) + poolOf(limit));
    const seconds = clock.now().getTime() / 1000;
    // A clock that steps back must not open a window again.
    const window = Math.max(current, Math.floor(seconds / WINDOW_SECONDS));
    if (window > current) {
      current = window;
      holdings.clear();
    }
    const held = holdings.get(key) ?? open(key, limit, counting);
    held.waiting += weight;
    try {
      while (held.inHand < weight && held.left > 0) {
        held.lease ??= lease(key, window, limit, counting, held).finally(() => {
          held.lease = null;
        });
        await held.lease;
      }
    } finally {
      held.waiting -= weight;
    }
    const allowed = held.inHand >= weight;
    const firstRefusal = !allowed && !held.refused;
    if (allowed) {
      held.inHand -= weight;
      held.used += weight;
    } else held.refused = true;
    const resetSeconds = Math.ceil((window + 1) * WINDOW_SECONDS - seconds);
    const remaining = Math.min(held.inHand + held.left, limit - held.used);
    return { allowed, limit, remaining, resetSeconds, firstRefusal };
  };
}

function tooLate(): never {
  throw new Failure('unavailable', 'Requests cannot be counted at the moment; please try again.');
}

/** The fields of draft-ietf-httpapi-ratelimit-headers, and Retry-After (RFC 9110) on a refusal. */
export function rateLimitHeaders(state: RateLimitState): Record<string, string> {
  return {
    'RateLimit-Policy': `"default";q=${state.limit};w=${WINDOW_SECONDS}`,
    RateLimit: `"default";r=${state.remaining};t=${state.resetSeconds}`,
    ...(!state.allowed && { 'Retry-After': String(state.resetSeconds) }),
  };
}
