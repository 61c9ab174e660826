/** The count of all instances for one key, in one window of the database's clock. */
export interface RateLimitWindow {
  endsAt: Date;
  /** Requests that instances have passed or may still pass. */
  granted: number;
  /** Instances that have leased in this window. */
  instances: number;
}

export interface LeaseRequest {
  key: string;
  limit: number;
  windowMs: number;
  /** Whether it is the instance's first lease of the key in this window. */
  joins: boolean;
  /** Requests that the instance passed, or may pass, without a lease. */
  selfGranted: number;
  /** Whether each instance after the first may pass one request beyond the limit. */
  allowsExtra: boolean;
  /** Requests that wait for this lease. */
  needed: number;
  /** Requests that the instance would like to hold, at least `needed`. */
  wanted: number;
}

export interface Lease {
  granted: number;
  /** What all instances together can still lease in this window. */
  left: number;
  /** Milliseconds until the window ends. */
  resetMs: number;
}

/** Where the requests of all instances are counted together. */
export interface RateLimitStore {
  /** Grants a portion of a key's quota in the current window of the database's clock. */
  lease(request: LeaseRequest): Promise<Lease>;
}

/**
 * Decides a lease by the database's time, so that an instance whose clock is wrong neither opens a window again nor
 * closes one early. `changed` is null if there is nothing to store.
 */
export function decideLease(
  stored: RateLimitWindow | null,
  { limit, windowMs, joins, selfGranted, allowsExtra, needed, wanted }: LeaseRequest,
  now: Date,
): { lease: Lease; changed: RateLimitWindow | null } {
  const endOfThisWindow = (Math.floor(now.getTime() / windowMs) + 1) * windowMs;
  const isOpen = stored !== null && stored.endsAt.getTime() >= endOfThisWindow;
  const window = isOpen ? stored : { endsAt: new Date(endOfThisWindow), granted: 0, instances: 0 };
  const leftOf = ({ granted, instances }: RateLimitWindow) => {
    const extra = allowsExtra ? Math.max(0, instances - 1) : 0;
    return Math.max(0, limit + extra - granted);
  };

  const next = {
    endsAt: window.endsAt,
    granted: window.granted + selfGranted,
    instances: window.instances + (joins ? 1 : 0),
  };
  const granted = Math.min(
    leftOf(next),
    Math.max(needed, Math.min(wanted, shareOf(next.instances, leftOf(next)))),
  );
  next.granted += granted;
  const left = leftOf(next);
  return {
    lease: { granted, left, resetMs: window.endsAt.getTime() - now.getTime() },
    changed: left === leftOf(window) ? null : next,
  };
}

/**
 * Returns the largest lease of one of several instances. It shrinks with the remaining quota, so that no instance holds
 * much when the others have run out. A lease of two leaves at most one request unused.
 */
const shareOf = (instances: number, left: number) =>
  instances > 1 ? Math.max(2, Math.ceil((2 * left) / (3 * instances))) : left;
