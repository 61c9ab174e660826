import type { Firestore } from 'firebase-admin/firestore';
import type { RateLimitStore } from '../../http/rateLimitWindow.ts';
import { decideLease, type RateLimitWindow } from '../../http/rateLimitWindow.ts';
import { compareAndSet, fromDocument, hashOf } from './documents.ts';
import { withMappedErrors } from './errors.ts';

/** One document for each key, with its latest window; TTL deletes it once that has ended. */
export function createRateLimitStore(db: Firestore): RateLimitStore {
  return withMappedErrors<RateLimitStore>({
    async lease(request) {
      const ref = db.collection('rateLimits').doc(hashOf(request.key));
      const { lease } = await compareAndSet(ref, (found) => {
        const data = fromDocument(found.data() ?? {});
        const stored = data.endsAt ? (data as RateLimitWindow) : null;
        // The read time is the database's own, the same for all instances.
        const { lease, changed } = decideLease(stored, request, found.readTime.toDate());
        return { lease, changes: changed ? { ...changed, expiresAt: changed.endsAt } : {} };
      });
      return lease;
    },
  });
}
