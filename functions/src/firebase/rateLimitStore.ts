import type { Firestore } from 'firebase-admin/firestore';
import type { RateLimitStore } from '../ports.ts';
import { decideAndWrite, fromDocument, hashed } from './documents.ts';
import { failingClearly } from './errors.ts';

/** One window: what is stored further ahead was a clock's mistake, and must not hold everybody up. */
const MOST_AHEAD_MS = 60 * 1000;
const KEPT_MS = 60 * 60 * 1000;

/** One document for each key, with its latest window; a key that comes no more is deleted by TTL. */
export function createRateLimitStore(db: Firestore): RateLimitStore {
  return failingClearly<RateLimitStore>({
    async lease({ key, windowStart, wanted, pool }) {
      const ref = db.collection('rateLimits').doc(hashed(key));
      const { granted, left } = await decideAndWrite(ref, (found) => {
        const stored = fromDocument(found.data() ?? {});
        // An instance whose clock is a little behind takes from the window that the others are in.
        const ahead = Number(stored.windowStart) - Number(windowStart);
        const current: Date = ahead > 0 && ahead <= MOST_AHEAD_MS ? stored.windowStart : windowStart;
        const taken = Number(stored.windowStart) === Number(current) ? stored.taken : 0;
        const granted = Math.max(0, Math.min(wanted, pool - taken));
        const expiresAt = new Date(current.getTime() + KEPT_MS);
        const changes = { windowStart: current, taken: taken + granted, expiresAt };
        const left = Math.max(0, pool - taken - granted);
        return { granted, left, changes: granted > 0 ? changes : {} };
      });
      return { granted, left };
    },
  });
}
