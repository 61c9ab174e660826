import { createHash } from 'node:crypto';
import type { DocumentData, Firestore } from 'firebase-admin/firestore';
import type { Account } from '../accounts/account.ts';
import type { AccountStore } from '../ports.ts';
import { fromDocument } from './documents.ts';
import { ALREADY_EXISTS, failingClearly, grpcCode } from './errors.ts';
import { liveSessionsOf, toSession } from './sessionStore.ts';

const NOBODY = 'nobody';

export function createAccountStore(db: Firestore): AccountStore {
  const users = db.collection('users');
  const emailKey = (email: string) =>
    db.collection('userEmails').doc(createHash('sha256').update(email).digest('hex'));
  const toAccount = (userId: string, data: DocumentData | undefined) =>
    data ? ({ userId, ...fromDocument(data) } as Account) : null;

  return failingClearly<AccountStore>({
    async createUnlessTaken({ userId, ...account }, { id, ...session }) {
      const batch = db.batch();
      batch.create(emailKey(account.email), { userId });
      batch.create(users.doc(userId), account);
      batch.create(db.collection('sessions').doc(id), session);
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
      const [user, found] = await db.getAll(users.doc(userId), session);
      return {
        account: toAccount(userId, user?.data()),
        session: toSession(sessionId, found?.data()),
      };
    },

    async changePassword(userId, { passwordHash, keptSessionId, at }) {
      await db.runTransaction(async (transaction) => {
        const sessions = await transaction.get(liveSessionsOf(db, userId));
        transaction.update(users.doc(userId), { passwordHash, updatedAt: at });
        for (const { id, ref } of sessions.docs) {
          if (id !== keptSessionId) transaction.update(ref, { revokedAt: at });
        }
      });
    },

    async findById(userId) {
      return toAccount(userId, (await users.doc(userId).get()).data());
    },
  });
}
