import type { LoginAttempts } from '../../../src/accounts/loginThrottle.ts';
import type { LoginAttemptStore } from '../../../src/accounts/ports.ts';
import type { RateLimitStore } from '../../../src/http/rateLimitWindow.ts';
import { decideLease, type RateLimitWindow } from '../../../src/http/rateLimitWindow.ts';

export function memoryLoginAttempts(): LoginAttemptStore & { attempts: Map<string, LoginAttempts> } {
  const stored = new Map<string, LoginAttempts>();
  return {
    attempts: stored,
    async update(email, change) {
      const { attempts, result } = change(structuredClone(stored.get(email)) ?? null);
      if (attempts) stored.set(email, structuredClone(attempts));
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
