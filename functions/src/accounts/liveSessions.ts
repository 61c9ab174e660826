import { Failure } from '../failures.ts';
import type { AccountStore, Clock } from '../ports.ts';
import type { Caller } from './accessToken.ts';

/** Beyond this many sessions an instance forgets what it knows, rather than grow without end. */
const MOST_KEPT = 10_000;

/** Whether access tokens still have a session behind them, remembered per instance for a while. */
export interface LiveSessions {
  /** Fails with `unauthenticated` when the session has ended, with `account_disabled` when the account may not. */
  check(caller: Caller): Promise<void>;
  /** What this instance itself has ended is refused at once. */
  forget(): void;
}

export function createLiveSessions(accounts: AccountStore, clock: Clock, keptMs: number): LiveSessions {
  const kept = new Map<string, { until: number; verdict: Promise<Failure | null> }>();

  const judge = async ({ userId, sessionId }: Caller): Promise<Failure | null> => {
    const { account, session } = await accounts.standing(userId, sessionId);
    const isLive =
      session && session.userId === userId && !session.revokedAt && session.expiresAt > clock.now();
    if (!account || !isLive) return new Failure('unauthenticated', 'The session has ended.');
    return account.isActive ? null : new Failure('account_disabled', 'This account is disabled.');
  };

  const ask = (caller: Caller) => {
    const verdict = judge(caller);
    if (kept.size >= MOST_KEPT) kept.clear();
    kept.set(caller.sessionId, { until: clock.now().getTime() + keptMs, verdict });
    // No answer is no verdict: the next request asks again.
    verdict.catch(() => kept.delete(caller.sessionId));
    return verdict;
  };

  return {
    async check(caller) {
      const known = kept.get(caller.sessionId);
      const isFresh = known && known.until > clock.now().getTime();
      const failure = await (isFresh ? known.verdict : ask(caller));
      if (failure) throw failure;
    },
    forget: () => kept.clear(),
  };
}
