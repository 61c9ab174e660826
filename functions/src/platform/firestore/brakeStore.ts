import type { DocumentData, Firestore } from 'firebase-admin/firestore';
import type { BrakeStore } from '../../brakes/brakes.ts';
import { BRAKES, type Paused } from '../../brakes/brakes.ts';
import { compareAndSet, fromDocument } from './documents.ts';
import { withMappedErrors } from './errors.ts';

export const brakesOf = (db: Firestore) => db.collection('control').doc('brakes');

/** One document for the whole project: since when each of the brakes is on. */
export function createBrakeStore(db: Firestore): BrakeStore {
  return withMappedErrors<BrakeStore>({
    async read() {
      return toPaused((await brakesOf(db).get()).data());
    },

    async set(brake, since) {
      const { outcome } = await compareAndSet(brakesOf(db), (found) => {
        const isPaused = toPaused(found.data())[brake] !== null;
        if (isPaused === (since !== null)) return { outcome: 'unchanged' as const, changes: {} };
        return { outcome: 'changed' as const, changes: { [brake]: since } };
      });
      return outcome;
    },
  });
}

export function toPaused(data: DocumentData | undefined): Paused {
  const stored = fromDocument(data ?? {});
  return Object.fromEntries(BRAKES.map((brake) => [brake, stored[brake] ?? null])) as Paused;
}
