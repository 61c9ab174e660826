import type { Guesses } from '../../../src/accounts/loginThrottle.ts';
import type { GuessStore } from '../../../src/accounts/ports.ts';
import type { RateLimitStore } from '../../../src/http/rateLimitWindow.ts';
import { decideLease, type RateLimitWindow } from '../../../src/http/rateLimitWindow.ts';

export function memoryGuesses(): GuessStore & { guesses: Map<string, Guesses> } {
  const stored = new Map<string, Guesses>();
  return {
    guesses: stored,
    async update(email, change) {
      const { guesses, result } = change(structuredClone(stored.get(email)) ?? null);
      if (guesses) stored.set(email, structuredClone(guesses));
      return result;
    },
  };
}

/** Also counts how often it wrote. `now` is the database's clock. */
export function memoryRateLimits(
  now: () => Date = () => new Date(),
): RateLimitStore & { writes: () => number } {
  const windows = new Map<string, RateLimitWindow>();
  let writes = 0;
  return {
    writes: () => writes,
    async lease(request) {
      const { lease, changed } = decideLease(windows.get(request.key) ?? null, request, now());
      if (changed) {
        windows.set(request.key, changed);
        writes += 1;
      }
      return lease;
    },
  };
}
