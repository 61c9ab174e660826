import type { Brakes } from '../brakes/brakes.ts';
import { AppError } from '../core/errors.ts';
import type { Clock } from '../core/runtime.ts';
import { withTimeout } from '../core/timeout.ts';
import type { Caller } from '../http/principal.ts';
import type { Account } from './account.ts';
import type { AccountStore } from './ports.ts';
import { isLive, isOfEpoch } from './session.ts';

/** An access token is refused within a minute after its session has ended, because verdicts are cached for less. */
export const SESSION_CACHE = { ttlMs: 50_000, timeoutMs: 5000 };

/** With more sessions the cache is cleared, so that its size stays bounded. */
const MAX_CACHED = 10_000;

/** Verifies that access tokens still have a live session. Results are cached per instance. */
export interface SessionCache {
  /**
   * Returns the caller's role. Fails with `unauthenticated` if the session has ended, with `account_disabled` if the
   * account is disabled.
   */
  verify(caller: Caller): Promise<Account['role']>;
  /** Clears the cache, so that sessions that this instance has ended are refused at once. */
  clear(): void;
}

/** Caches a result for `ttlMs`, and waits up to `timeoutMs` for one. The same read updates the brakes. */
export function createSessionCache(
  accounts: AccountStore,
  clock: Clock,
  brakes: Pick<Brakes, 'learn'>,
  { ttlMs, timeoutMs }: typeof SESSION_CACHE,
): SessionCache {
  const kept = new Map<string, { until: number; verdict: Promise<AppError | Account['role']> }>();

  const judge = async ({ userId, sessionId }: Caller): Promise<AppError | Account['role']> => {
    const standing = withTimeout(timeoutMs, accounts.getAccountAndSession(userId, sessionId), tooLate);
    const { account, session, paused } = await standing;
    brakes.learn(paused);
    const isMine = session?.userId === userId && isLive(session, clock.now());
    if (!account || !isMine || !isOfEpoch(session, account))
      return new AppError('unauthenticated', 'The session has ended. Sign in again.');
    return account.isActive ? account.role : new AppError('account_disabled', 'This account is disabled.');
  };

  const ask = (caller: Caller) => {
    const verdict = judge(caller);
    if (kept.size >= MAX_CACHED) kept.clear();
    kept.set(caller.sessionId, { until: clock.now().getTime() + ttlMs, verdict });
    // A failure is not cached.
    verdict.catch(() => {
      if (kept.get(caller.sessionId)?.verdict === verdict) kept.delete(caller.sessionId);
    });
    return verdict;
  };

  return {
    async verify(caller) {
      const known = kept.get(caller.sessionId);
      const isFresh = known && known.until > clock.now().getTime();
      const verdict = await (isFresh ? known.verdict : ask(caller));
      if (verdict instanceof AppError) throw verdict;
      return verdict;
    },
    clear: () => kept.clear(),
  };
}

function tooLate(): never {
  throw new AppError('unavailable', 'The session cannot be checked at the moment. Try again.');
}
