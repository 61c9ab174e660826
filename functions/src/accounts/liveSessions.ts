import type { Brakes } from '../brakes/brakes.ts';
import { within } from '../deadline.ts';
import { Failure } from '../failures.ts';
import type { AccountStore, Clock } from '../ports.ts';
import type { Caller } from './accessToken.ts';
import type { Account } from './account.ts';
import { isLive, isOfEpoch } from './session.ts';

/** Beyond this many sessions an instance forgets what it knows, rather than grow without end. */
const MOST_KEPT = 10_000;

/** Whether access tokens still have a session behind them, remembered per instance for a while. */
export interface LiveSessions {
  /**
   * The caller's role. Fails with `unauthenticated` when the session has ended, with `account_disabled` when the
   * account may not.
   */
  check(caller: Caller): Promise<Account['role']>;
  /** Forgets all verdicts, so that what this instance has ended is refused at once. */
  forget(): void;
}

/** Believes an answer for `keptMs`, and waits `answerWithinMs` for one. It tells the brakes, too. */
export function createLiveSessions(
  accounts: AccountStore,
  clock: Clock,
  brakes: Pick<Brakes, 'learn'>,
  { keptMs, answerWithinMs }: { keptMs: number; answerWithinMs: number },
): LiveSessions {
  const kept = new Map<string, { until: number; verdict: Promise<Failure | Account['role']> }>();

  const judge = async ({ userId, sessionId }: Caller): Promise<Failure | Account['role']> => {
    const standing = within(answerWithinMs, accounts.standing(userId, sessionId), tooLate);
    const { account, session, paused } = await standing;
    brakes.learn(paused);
    const isMine = session?.userId === userId && isLive(session, clock.now());
    if (!account || !isMine || !isOfEpoch(session, account))
      return new Failure('unauthenticated', 'The session has ended.');
    return account.isActive ? account.role : new Failure('account_disabled', 'This account is disabled.');
  };

  const ask = (caller: Caller) => {
    const verdict = judge(caller);
    if (kept.size >= MOST_KEPT) kept.clear();
    kept.set(caller.sessionId, { until: clock.now().getTime() + keptMs, verdict });
    // No answer is no verdict: the next request asks again.
    verdict.catch(() => {
      if (kept.get(caller.sessionId)?.verdict === verdict) kept.delete(caller.sessionId);
    });
    return verdict;
  };

  return {
    async check(caller) {
      const known = kept.get(caller.sessionId);
      const isFresh = known && known.until > clock.now().getTime();
      const verdict = await (isFresh ? known.verdict : ask(caller));
      if (verdict instanceof Failure) throw verdict;
      return verdict;
    },
    forget: () => kept.clear(),
  };
}

function tooLate(): never {
  throw new Failure('unavailable', 'The session cannot be checked at the moment; please try again.');
}
