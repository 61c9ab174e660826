import type { DocumentData, DocumentSnapshot, Firestore } from 'firebase-admin/firestore';
import type { Account } from '../../accounts/account.ts';
import type { AccountStore } from '../../accounts/ports.ts';
import { isOfEpoch } from '../../accounts/session.ts';
import { brakesOf, toPaused } from './brakeStore.ts';
import { fromDocument, hashOf } from './documents.ts';
import { ALREADY_EXISTS, grpcCode, withMappedErrors } from './errors.ts';
import { endSessions, toSession } from './sessionStore.ts';

const NOBODY = 'nobody';

export function createAccountStore(db: Firestore): AccountStore {
  const users = db.collection('users');
  const emailKey = (email: string) => db.collection('userEmails').doc(hashOf(email));

  return withMappedErrors<AccountStore>({
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
        // The client repeats a commit after a lost response, and then finds the key that it wrote itself.
        const holder = (await emailKey(account.email).get()).get('userId');
        return holder === userId ? 'created' : 'taken';
      }
    },

    async findByEmail(email) {
      const userId: string | undefined = (await emailKey(email).get()).get('userId');
      const user = await users.doc(userId ?? NOBODY).get();
      return toAccount(user.id, user.data());
    },

    async getAccountAndSession(userId, sessionId) {
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
        const session = db.collection('sessions').doc(keptSessionId);
        const [user, found] = await transaction.getAll(users.doc(userId), session);
        const account = toAccount(userId, user?.data());
        const kept = toSession(keptSessionId, found?.data());
        // A commit is repeated after a lost response, and then finds the hash that it wrote itself.
        if (account?.passwordHash === passwordHash) return 'changed';
        const isKept = account && kept?.userId === userId && !kept.revokedAt && isOfEpoch(kept, account);
        if (!isKept || account.passwordHash !== expectedHash) return 'refused';
        const changes = { passwordHash, updatedAt: at };
        await endSessions(db, transaction, userId, at, { kept: keptSessionId, changes });
        return 'changed';
      });
    },

    async setActive(userId, isActive, at) {
      return await db.runTransaction(async (transaction) => {
        const user = await transaction.get(users.doc(userId));
        if (!user.exists) return 'unknown';
        const isChanged = user.get('isActive') !== isActive;
        const changes = isChanged ? { isActive, updatedAt: at } : {};
        // Also of an account that is disabled already: by hand, in the console, that ends no session.
        if (!isActive) await endSessions(db, transaction, userId, at, { changes });
        else if (isChanged) transaction.update(user.ref, changes);
        return isChanged || isOwnWrite(user, at) ? 'changed' : 'unchanged';
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

/** A commit is repeated after a lost response, and then finds its own change. */
const isOwnWrite = (user: DocumentSnapshot, at: Date) =>
  Number(user.get('updatedAt')?.toDate()) === at.getTime();

export function toAccount(userId: string, data: DocumentData | undefined): Account | null {
  return data ? ({ userId, ...fromDocument(data) } as Account) : null;
}
