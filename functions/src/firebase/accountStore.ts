import type { DocumentData, DocumentSnapshot, Firestore } from 'firebase-admin/firestore';
import type { Account } from '../accounts/account.ts';
import type { AccountStore } from '../ports.ts';
import { brakesOf, toPaused } from './brakeStore.ts';
import { fromDocument, hashed } from './documents.ts';
import { ALREADY_EXISTS, failingClearly, grpcCode } from './errors.ts';
import { liveSessionsOf, toSession } from './sessionStore.ts';

const NOBODY = 'nobody';

export function createAccountStore(db: Firestore): AccountStore {
  const users = db.collection('users');
  const emailKey = (email: string) => db.collection('userEmails').doc(hashed(email));

  return failingClearly<AccountStore>({
    async createUnlessTaken({ userId, ...account }, firstSession) {
      const batch = db.batch();
      batch.create(emailKey(account.email), { userId });
      batch.create(users.doc(userId), account);
      if (firstSession) {
        const { id, ...session } = firstSession;
        batch.create(db.collection('sessions').doc(id), session);
      }
      try {
        await batch.commit();
        return 'created';
      } catch (error) {
        if (grpcCode(error) !== ALREADY_EXISTS) throw error;
        // The client repeats a commit whose answer got lost, and then meets the key that it wrote itself.
        const holder = (await emailKey(account.email).get()).get('userId');
        return holder === userId ? 'created' : 'taken';
      }
    },

    async findByEmail(email) {
      const userId: string | undefined = (await emailKey(email).get()).get('userId');
      const user = await users.doc(userId ?? NOBODY).get();
      return toAccount(user.id, user.data());
    },

    async standing(userId, sessionId) {
      const session = db.collection('sessions').doc(sessionId);
      const [user, found, brakes] = await db.getAll(users.doc(userId), session, brakesOf(db));
      return {
        account: toAccount(userId, user?.data()),
        session: toSession(sessionId, found?.data()),
        paused: toPaused(brakes?.data()),
      };
    },

    async changePassword(userId, { expectedHash, passwordHash, keptSessionId, at }) {
      return await db.runTransaction(async (transaction) => {
        const user = await transaction.get(users.doc(userId));
        const sessions = (await transaction.get(liveSessionsOf(db, userId))).docs;
        const hash = user.get('passwordHash');
        // A commit whose answer got lost is repeated, and then meets the hash that it wrote itself.
        if (hash === passwordHash) return 'changed';
        if (hash !== expectedHash || !sessions.some(({ id }) => id === keptSessionId)) return 'refused';
        transaction.update(user.ref, { passwordHash, updatedAt: at });
        for (const { id, ref } of sessions) {
          if (id !== keptSessionId) transaction.update(ref, { revokedAt: at });
        }
        return 'changed';
      });
    },

    async setActive(userId, isActive, at) {
      return await db.runTransaction(async (transaction) => {
        const user = await transaction.get(users.doc(userId));
        if (!user.exists) return 'unknown';
        // Also of an account that is disabled already: by hand, in the console, that ends no session.
        const ended = isActive ? [] : (await transaction.get(liveSessionsOf(db, userId))).docs;
        for (const { ref } of ended) transaction.update(ref, { revokedAt: at });
        if (user.get('isActive') === isActive) return isOwnWrite(user, at) ? 'changed' : 'unchanged';
        transaction.update(user.ref, { isActive, updatedAt: at });
        return 'changed';
      });
    },

    async setRole(userId, role, at) {
      return await db.runTransaction(async (transaction) => {
        const user = await transaction.get(users.doc(userId));
        if (!user.exists) return 'unknown';
        if (user.get('role') === role) return isOwnWrite(user, at) ? 'changed' : 'unchanged';
        transaction.update(user.ref, { role, updatedAt: at });
        return 'changed';
      });
    },

    async findById(userId) {
      return toAccount(userId, (await users.doc(userId).get()).data());
    },
  });
}

/** A commit whose answer got lost is repeated, and then meets the change that it made itself. */
const isOwnWrite = (user: DocumentSnapshot, at: Date) =>
  Number(user.get('updatedAt')?.toDate()) === at.getTime();

export function toAccount(userId: string, data: DocumentData | undefined): Account | null {
  return data ? ({ userId, ...fromDocument(data) } as Account) : null;
}
