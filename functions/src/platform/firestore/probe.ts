import type { Firestore } from 'firebase-admin/firestore';

/** A read and a commit, as a capture needs both. The commit has no writes and costs nothing; the read costs one. */
export function createProbe(db: Firestore) {
  return {
    async firestore(): Promise<void> {
      await Promise.all([db.doc('health/probe').get(), db.batch().commit()]);
    },
  };
}
