import { AppError } from '../core/errors.ts';
import type { Clock, Log } from '../core/runtime.ts';
import { withTimeout } from '../core/timeout.ts';
import type { RateLimitStore } from './rateLimitWindow.ts';

/** See `Settings`. */
export const RATE_LIMIT_SETTINGS = { timeoutMs: 4000, strictTimeoutMs: 15_000, cooldownMs: 5000 };

const WINDOW_MS = 60_000;
const MAX_BUCKETS = 20_000;

/**
 * How requests are counted. `strict`: by all instances together, exactly; fails if the store cannot be reached.
 * `lenient`: by all instances together, but each passes its first request without asking, and counts alone while the
 * store cannot be reached. `local`: by each instance alone.
 */
export type RateLimitMode = 'strict' | 'lenient' | 'local';

export interface RateLimitState {
  allowed: boolean;
  limit: number;
  /** The remaining requests, as far as this instance knows. Other instances may use some of them. */
  remaining: number;
  /** Until the window ends. */
  resetSeconds: number;
  /** Whether this is the first request of the key that this instance refuses in this window. */
  firstRefusal: boolean;
}

/**
 * Counts one request of `key` against `limit` requests a minute. A request with a higher `cost` counts as that many; it
 * passes as a whole or not at all, and never costs more than `limit`. Rejects with `unavailable` if a strict count
 * cannot be reached.
 */
export type RateLimiter = (
  key: string,
  limit: number,
  mode: RateLimitMode,
  cost?: number,
) => Promise<RateLimitState>;

interface Settings {
  /** How long a lenient request waits for the store. */
  timeoutMs: number;
  /** The same of a strict request, which can do nothing without it. */
  strictTimeoutMs: number;
  /** How long lenient requests do not ask a store that failed. */
  cooldownMs: number;
}

/** The count of one key in the current window, as one instance keeps it. */
interface Bucket {
  /** In milliseconds since 1970, by this instance's clock. */
  endsAt: number;
  /** Everything this instance may pass in this window, by lease or by itself. */
  granted: number;
  /** The part of `granted` that has been used. */
  used: number;
  /** The part of `granted` that is not stored yet. */
  selfGranted: number;
  /** What was left in the store after the last lease. */
  left: number;
  hasLeased: boolean;
  /** The cost of the requests that wait for a lease. */
  waiting: number;
  pendingLease: Promise<void> | null;
  hasRefused: boolean;
}

/**
 * Limits by fixed windows of a minute (docs/adr/0007). The first request of a key in a window passes without asking;
 * for the others an instance leases portions of a count that all instances share.
 */
export function createRateLimiter(
  store: RateLimitStore,
  clock: Clock,
  log: Log,
  { timeoutMs, strictTimeoutMs, cooldownMs }: Settings,
): RateLimiter {
  const buckets = new Map<string, Bucket>();
  let cooldownEndsAt = 0;
  /** When the database's windows end by this clock, which may be wrong: milliseconds after the full minute. */
  let phase = 0;

  const bucketOf = (key: string, limit: number, mode: RateLimitMode, now: number): Bucket => {
    const known = buckets.get(key);
    if (known && isOpen(known, now)) return known;
    if (buckets.size >= MAX_BUCKETS) makeRoom(buckets, now);
    const granted = { strict: 0, lenient: 1, local: limit }[mode];
    const bucket = {
      endsAt: (Math.floor((now - phase) / WINDOW_MS) + 1) * WINDOW_MS + phase,
      granted,
      used: 0,
      selfGranted: granted,
      left: limit - granted,
      hasLeased: false,
      waiting: 0,
      pendingLease: null,
      hasRefused: false,
    };
    buckets.set(key, bucket);
    return bucket;
  };

  const lease = async (key: string, limit: number, mode: RateLimitMode, bucket: Bucket) => {
    const needed = bucket.waiting - (bucket.granted - bucket.used);
    const wanted = Math.max(needed, portionOf(limit, bucket.granted));
    const grantAlone = () => {
      const granted = Math.min(wanted, limit - bucket.granted);
      bucket.granted += granted;
      bucket.selfGranted += granted;
      if (granted === 0) bucket.left = 0;
    };
    if (mode === 'lenient' && clock.now().getTime() < cooldownEndsAt) return grantAlone();
    const waitMs = mode === 'strict' ? strictTimeoutMs : timeoutMs;
    try {
      const request = {
        key,
        limit,
        windowMs: WINDOW_MS,
        joins: !bucket.hasLeased,
        selfGranted: bucket.selfGranted,
        allowsExtra: mode === 'lenient',
        needed,
        wanted,
      };
      const { granted, left, resetMs } = await withTimeout(waitMs, store.lease(request), tooLate);
      bucket.granted += granted;
      bucket.left = left;
      bucket.selfGranted = 0;
      bucket.hasLeased = true;
      bucket.endsAt = clock.now().getTime() + resetMs;
      phase = bucket.endsAt % WINDOW_MS;
    } catch (error) {
      if (mode === 'strict') throw error;
      log('WARNING', 'rate_limit_counted_alone', { reason: String(error) });
      cooldownEndsAt = clock.now().getTime() + cooldownMs;
      grantAlone();
    }
  };

  return async (key, limit, mode, cost = 1) => {
    const now = clock.now().getTime();
    const bucket = bucketOf(key, limit, mode, now);
    const counted = Math.min(cost, limit);
    const isEnough = () => bucket.granted - bucket.used >= counted;
    bucket.waiting += counted;
    try {
      while (!isEnough() && bucket.left > 0) {
        bucket.pendingLease ??= lease(key, limit, mode, bucket).finally(() => {
          bucket.pendingLease = null;
        });
        await bucket.pendingLease;
      }
    } finally {
      bucket.waiting -= counted;
    }
    const allowed = isEnough();
    const firstRefusal = !allowed && !bucket.hasRefused;
    if (allowed) bucket.used += counted;
    else bucket.hasRefused = true;
    const remaining = Math.min(bucket.granted - bucket.used + bucket.left, limit - bucket.used);
    const resetSeconds = Math.max(1, Math.ceil((bucket.endsAt - clock.now().getTime()) / 1000));
    return { allowed, limit, remaining, resetSeconds, firstRefusal };
  };
}

/** A clock that steps back a little must not open a window again; after a large step the bucket is worthless. */
const isOpen = ({ endsAt }: Bucket, now: number) => now < endsAt && endsAt - now <= 2 * WINDOW_MS;

function makeRoom(buckets: Map<string, Bucket>, now: number): void {
  for (const [key, bucket] of buckets) if (!isOpen(bucket, now)) buckets.delete(key);
  // During a flood from many networks the oldest ones start afresh, so that memory stays bounded.
  for (const key of [...buckets.keys()].slice(0, buckets.size - MAX_BUCKETS / 2)) buckets.delete(key);
}

/** How much an instance leases at a time: it grows with its own need, up to an eighth of the limit. */
function portionOf(limit: number, granted: number): number {
  // One at a time if the limit is a few, so that an instance that ends takes none of them along.
  const least = Math.min(4, Math.max(1, Math.floor(limit / 5)));
  const most = Math.max(least, Math.ceil(limit / 8));
  return Math.min(most, Math.max(least, granted));
}

function tooLate(): never {
  throw new AppError('unavailable', 'Requests cannot be counted at the moment. Try again.');
}

/** The fields of draft-ietf-httpapi-ratelimit-headers, and Retry-After (RFC 9110) on a refusal. */
export function rateLimitHeaders(state: RateLimitState): Record<string, string> {
  return {
    'RateLimit-Policy': `"default";q=${state.limit};w=${WINDOW_MS / 1000}`,
    RateLimit: `"default";r=${Math.max(0, state.remaining)};t=${state.resetSeconds}`,
    ...(!state.allowed && { 'Retry-After': String(state.resetSeconds) }),
  };
}
