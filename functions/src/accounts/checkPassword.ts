import { createHmac } from 'node:crypto';
import type { Audit, AuditEvent } from '../audit/audit.ts';
import { AppError } from '../core/errors.ts';
import { networkOf } from '../core/ip.ts';
import type { Clock } from '../core/runtime.ts';
import type { Origin } from '../http/origin.ts';
import type { Caller } from '../http/principal.ts';
import type { Account } from './account.ts';
import type { Keyring } from './keys.ts';
import {
  type AttemptSource,
  attemptSourceOf,
  countAttempt,
  refundAttempt,
  trustSource,
} from './loginThrottle.ts';
import type { LoginAttemptStore, Passwords } from './ports.ts';

interface Attempt {
  /** What it is for, in the audit log. */
  event: AuditEvent;
  email: string;
  account: Account | null;
  password: string;
  origin: Origin;
  /** Who is signed in already: they are counted by their session, which strangers cannot spend. */
  caller: Caller | null;
  audit: Audit;
}

export interface PasswordCheckServices {
  loginAttempts: LoginAttemptStore;
  passwords: Passwords;
  clock: Clock;
  keys: () => Keyring;
}

/**
 * Whether it is the account's password, within the budgets for guessing. A wrong one, and one that was not looked at
 * because the address is under attack from elsewhere, are the same answer; each is in the audit log.
 * Fails with `rate_limited` where the caller's own budget is spent, with `unavailable` where attempts cannot be counted.
 */
export async function checkPassword(
  services: PasswordCheckServices,
  { event, email, account, password, origin, caller, audit }: Attempt,
): Promise<boolean> {
  const { loginAttempts, passwords, clock } = services;
  const now = () => clock.now().getTime();
  const names = namesOf(email, origin, services);
  const about = { userId: account?.userId ?? null, sessionId: caller?.sessionId ?? null };

  const { attemptSource, verdict } = await loginAttempts.update(email, (stored) => {
    const attemptSource: AttemptSource = caller
      ? { source: `session ${caller.sessionId}`, isKnown: true }
      : attemptSourceOf(stored, names, now());
    const counted = countAttempt(stored, attemptSource, now());
    return { attempts: counted.attempts, result: { attemptSource, verdict: counted.result } };
  });
  if (verdict.kind === 'paused') {
    await audit(event, 'failure', { ...about, reason: 'too_many_failures', lineOnly: true });
    const retryAfterSeconds = Math.ceil((verdict.until - now()) / 1000);
    throw new AppError('rate_limited', `Too many wrong passwords. Try again in ${retryAfterSeconds} s.`, {
      retryAfterSeconds,
    });
  }
  if (verdict.kind === 'spent') {
    await audit(event, 'failure', { ...about, reason: 'under_attack', lineOnly: true });
    return false;
  }
  const isRight = await passwords.matches(password, account?.passwordHash ?? null).catch(async (error) => {
    // Nobody learned anything from a password that was not looked at.
    await loginAttempts.update(email, (stored) => ({
      attempts: refundAttempt(stored, attemptSource.source, now()),
      result: null,
    }));
    throw error;
  });
  if (!isRight) {
    await audit(event, 'failure', { ...about, reason: 'wrong_password' });
    if (verdict.isLast) await audit('limit_hit', 'failure', { ...about, reason: 'wrong_passwords' });
    return false;
  }
  await loginAttempts.update(email, (stored) => {
    const paidBack = refundAttempt(stored, attemptSource.source, now());
    return { attempts: caller ? paidBack : trustSource(paidBack, names.route, now()), result: null };
  });
  return true;
}

/** Makes the way that a new account came in by a known one. */
export async function trustOrigin(
  email: string,
  origin: Origin,
  services: PasswordCheckServices,
): Promise<void> {
  const { loginAttempts, clock } = services;
  const { route } = namesOf(email, origin, services);
  await loginAttempts.update(email, (stored) => ({
    attempts: trustSource(stored, route, clock.now().getTime()),
    result: null,
  }));
}

/** Names that are the same for the same address, and show it only to who has the key. */
function namesOf(email: string, { ip, route }: Origin, { keys }: PasswordCheckServices) {
  const name = (kind: string, text: string) =>
    createHmac('sha256', keys().current.address).update(`${kind}\n${email}\n${text}`).digest('base64url');
  return { route: name('route', route), network: name('network', networkOf(ip)) };
}
