import type { LoginAttempts } from '../../src/accounts/loginThrottle.ts';
import * as rules from '../../src/accounts/loginThrottle.ts';

/** An attempt by somebody whose route and network are the same: a direct caller. */
export function countAttempt(stored: LoginAttempts | null, source: string, now: number) {
  const guesser = rules.attemptSourceOf(stored, { route: source, network: source }, now);
  return rules.countAttempt(stored, guesser, now);
}

/** What a sign-in of theirs leaves behind. */
export function succeeded(
  stored: LoginAttempts | null,
  source: string,
  now: number,
  paid: boolean,
): LoginAttempts {
  return rules.trustSource(paid ? rules.refundAttempt(stored, source, now) : stored, source, now);
}
