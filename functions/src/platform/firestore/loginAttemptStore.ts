import { randomUUID } from 'node:crypto';
import type { Firestore } from 'firebase-admin/firestore';
import { forgettableAt, type Guesses } from '../../accounts/loginThrottle.ts';
import type { GuessStore } from '../../accounts/ports.ts';
import { decideAndWrite, hashed } from './documents.ts';
import { retryingOnce } from './errors.ts';

type Change<R> = (stored: Guesses | null) => { guesses: Guesses | null; result: R };

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

  /** A commit whose answer got lost is repeated, and must not count the same guess twice: `id` names the update. */
  const write = async <R>(
    id: string,
    email: string,
    change: Change<R>,
    decided: { result?: R },
  ): Promise<R> => {
    const ref = db.collection('guesses').doc(hashed(email));
    const { result } = await decideAndWrite(ref, (found) => {
      if (found.get('writtenBy') === id) return { result: decided.result as R, changes: {} };
      const { guesses, result } = change((found.data() as Guesses | undefined) ?? null);
      decided.result = result;
      const expiresAt = guesses && new Date(forgettableAt(guesses));
      return { result, changes: guesses ? { ...guesses, expiresAt, writtenBy: id } : {} };
    });
    return result;
  };

  return {
    async update(email, change) {
      const [id, decided] = [randomUUID(), {}];
      return await inTurn(email, () => retryingOnce(() => write(id, email, change, decided)));
    },
  };
}
