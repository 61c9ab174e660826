import type { Guesses } from '../../src/accounts/loginThrottle.ts';
import * as rules from '../../src/accounts/loginThrottle.ts';

/** An attempt by somebody whose route and network are the same: a direct caller. */
export function countAttempt(stored: Guesses | null, source: string, now: number) {
  const guesser = rules.guesserOf(stored, { route: source, network: source }, now);
  return rules.countAttempt(stored, guesser, now);
}

/** What a sign-in of theirs leaves behind. */
export function succeeded(stored: Guesses | null, source: string, now: number, paid: boolean): Guesses {
  return rules.remember(paid ? rules.giveBack(stored, source, now) : stored, source, now);
}
