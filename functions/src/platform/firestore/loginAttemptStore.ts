import { randomUUID } from 'node:crypto';
import type { Firestore } from 'firebase-admin/firestore';
import { expiresAtOf, type LoginAttempts } from '../../accounts/loginThrottle.ts';
import type { LoginAttemptStore } from '../../accounts/ports.ts';
import { compareAndSet, hashOf } from './documents.ts';
import { retryOnce } from './errors.ts';

type Change<R> = (stored: LoginAttempts | null) => { attempts: LoginAttempts | null; result: R };

export function createLoginAttemptStore(db: Firestore): LoginAttemptStore {
  const lastOf = new Map<string, Promise<unknown>>();

  /** Many guesses at one address would only get into each other's way: an instance makes them one by one. */
  const oneByOne = async <R>(email: string, work: () => Promise<R>): Promise<R> => {
    const mine = (lastOf.get(email) ?? Promise.resolve()).then(work, work);
    lastOf.set(email, mine);
    try {
      return await mine;
    } finally {
      if (lastOf.get(email) === mine) lastOf.delete(email);
    }
  };

  /** A commit is repeated after a lost response, and must not count an attempt twice: `id` identifies the update. */
  const write = async <R>(
    id: string,
    email: string,
    change: Change<R>,
    decided: { result?: R },
  ): Promise<R> => {
    const ref = db.collection('guesses').doc(hashOf(email));
    const { result } = await compareAndSet(ref, (found) => {
      if (found.get('writtenBy') === id) return { result: decided.result as R, changes: {} };
      const { attempts, result } = change((found.data() as LoginAttempts | undefined) ?? null);
      decided.result = result;
      const expiresAt = attempts && new Date(expiresAtOf(attempts));
      return { result, changes: attempts ? { ...attempts, expiresAt, writtenBy: id } : {} };
    });
    return result;
  };

  return {
    async update(email, change) {
      const [id, decided] = [randomUUID(), {}];
      return await oneByOne(email, () => retryOnce(() => write(id, email, change, decided)));
    },
  };
}
