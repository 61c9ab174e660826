import type { Audit, AuditEvent } from '../audit/audit.ts';
import { Failure } from '../failures.ts';
import { callerNetwork } from '../http/callerIp.ts';
import type { Services } from '../ports.ts';
import type { Account } from './account.ts';
import { countAttempt, succeeded } from './guesses.ts';

interface Attempt {
  /** What it is for, in the audit log. */
  event: AuditEvent;
  email: string;
  account: Account | null;
  password: string;
  ip: string;
  audit: Audit;
}

/**
 * Whether it is the account's password, within the budgets for guessing. A wrong one, and one that was not looked at
 * because the address is under attack from elsewhere, are the same answer; each is in the audit log.
 * Fails with `rate_limited` where the caller's own budget is spent, with `unavailable` where attempts cannot be counted.
 */
export async function checkPassword(
  { guesses, passwords, clock }: Services,
  { event, email, account, password, ip, audit }: Attempt,
): Promise<boolean> {
  const now = () => clock.now().getTime();
  const source = callerNetwork(ip);
  const about = { userId: account?.userId ?? null };

  const verdict = await guesses.update(email, (stored) => countAttempt(stored, source, now()));
  if (verdict.kind === 'paused') {
    await audit(event, 'failure', { ...about, reason: 'too_many_failures', lineOnly: true });
    const retryAfterSeconds = Math.ceil((verdict.until - now()) / 1000);
    throw new Failure('rate_limited', `Too many wrong passwords; try again in ${retryAfterSeconds} s.`, {
      retryAfterSeconds,
    });
  }
  if (verdict.kind === 'spent') {
    await audit(event, 'failure', { ...about, reason: 'under_attack', lineOnly: true });
    return false;
  }
  if (!(await passwords.matches(password, account?.passwordHash ?? null))) {
    await audit(event, 'failure', { ...about, reason: 'wrong_password' });
    return false;
  }
  await rememberSuccess(email, ip, { guesses, clock }, true);
  return true;
}

/** Gives the attempt back where one was paid for, and makes the caller's network one that the owner is known from. */
export async function rememberSuccess(
  email: string,
  ip: string,
  { guesses, clock }: Pick<Services, 'guesses' | 'clock'>,
  paid: boolean,
): Promise<void> {
  await guesses.update(email, (stored) => ({
    guesses: succeeded(stored, callerNetwork(ip), clock.now().getTime(), paid),
    result: null,
  }));
}
