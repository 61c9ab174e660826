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
  /** The event in the audit log. */
  event: AuditEvent;
  email: string;
  account: Account | null;
  password: string;
  origin: Origin;
  /** A signed-in caller is counted by session, so that strangers cannot use up their attempts. */
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
 * Checks a password against the account's hash, within the login throttle. A wrong password, and one that is not compared
 * because the address is under attack, give the same result; both are audited. Fails with `rate_limited` if the caller's
 * own attempts are used up, with `unavailable` if attempts cannot be counted.
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
    // A password that was not compared reveals nothing, so the attempt is refunded.
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

/** Trusts the origin that a new account was registered from. */
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

/** Derives stable names for an address that reveal it only to holders of the key. */
function namesOf(email: string, { ip, route }: Origin, { keys }: PasswordCheckServices) {
  const name = (kind: string, text: string) =>
    createHmac('sha256', keys().current.address).update(`${kind}\n${email}\n${text}`).digest('base64url');
  return { route: name('route', route), network: name('network', networkOf(ip)) };
}
