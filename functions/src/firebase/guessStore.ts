import type { Firestore } from 'firebase-admin/firestore';
import { forgettableAt, type Guesses } from '../accounts/guesses.ts';
import type { GuessStore } from '../ports.ts';
import { decideAndWrite, hashed } from './documents.ts';
import { failingClearly } from './errors.ts';

export function createGuessStore(db: Firestore): GuessStore {
  const lastOf = new Map<string, Promise<unknown>>();

  /** Many guesses at one address would only get into each other's way: an instance makes them one by one. */
  const inTurn = async <R>(email: string, work: () => Promise<R>): Promise<R> => {
    const mine = (lastOf.get(email) ?? Promise.resolve()).then(work, work);
    lastOf.set(email, mine);
    try {
      return await mine;
    } finally {
      if (lastOf.get(email) === mine) lastOf.delete(email);
    }
  };

  return failingClearly<GuessStore>({
    async update(email, change) {
      const ref = db.collection('guesses').doc(hashed(email));
      const decide = async () =>
        await decideAndWrite(ref, (found) => {
          const { guesses, result } = change((found.data() as Guesses | undefined) ?? null);
          const changes = guesses ? { ...guesses, expiresAt: new Date(forgettableAt(guesses)) } : {};
          return { result, changes };
        });
      return (await inTurn(email, decide)).result;
    },
  });
}
