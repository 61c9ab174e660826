import type { Guesses } from '../../../src/accounts/guesses.ts';
import type { GuessStore, RateLimitStore } from '../../../src/ports.ts';

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

/** Also counts how often it wrote. */
export function memoryRateLimits(): RateLimitStore & { writes: () => number } {
  const windows = new Map<string, { windowStart: Date; taken: number }>();
  let writes = 0;
  return {
    writes: () => writes,
    async lease({ key, windowStart, wanted, pool }) {
      let window = windows.get(key);
      if (!window || window.windowStart < windowStart) window = { windowStart, taken: 0 };
      const granted = Math.max(0, Math.min(wanted, pool - window.taken));
      if (granted > 0) {
        windows.set(key, { ...window, taken: window.taken + granted });
        writes += 1;
      }
      return { granted, left: Math.max(0, pool - window.taken - granted) };
    },
  };
}
