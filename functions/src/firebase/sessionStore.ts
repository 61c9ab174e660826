import type { DocumentData, Firestore } from 'firebase-admin/firestore';
import { isLive, latestUsedFirst, type Session } from '../accounts/session.ts';
import type { SessionStore } from '../ports.ts';
import { decideAndWrite, fromDocument } from './documents.ts';
import { ALREADY_EXISTS, failingClearly, grpcCode } from './errors.ts';

export function createSessionStore(db: Firestore): SessionStore {
  const sessions = db.collection('sessions');
  return failingClearly<SessionStore>({
    async create({ id, ...session }, passwordHash) {
      const created = db.runTransaction(async (transaction) => {
        const user = await transaction.get(db.collection('users').doc(session.userId));
        const maySignIn = user.get('passwordHash') === passwordHash && user.get('isActive') === true;
        if (!maySignIn) return 'refused';
        transaction.create(sessions.doc(id), session);
        return 'created';
      });
      try {
        return await created;
      } catch (error) {
        // A commit whose answer got lost is repeated; a session that has been ended since must stay ended.
        if (grpcCode(error) === ALREADY_EXISTS) return 'created';
        throw error;
      }
    },

    async listLive(userId, now) {
      const found = await liveSessionsOf(db, userId).get();
      const live = found.docs.map((document) => toSession(document.id, document.data()) as Session);
      return latestUsedFirst(live.filter((session) => isLive(session, now)));
    },

    async revoke(sessionId, at) {
      const { userId } = await decideAndWrite(sessions.doc(sessionId), (found) => {
        const { userId, revokedAt } = toSession(sessionId, found.data()) ?? {};
        // A commit whose answer got lost is repeated, and then meets the end that it made itself.
        if (!userId || revokedAt) {
          return { userId: Number(revokedAt) === Number(at) ? userId : null, changes: {} };
        }
        return { userId, changes: { revokedAt: at } };
      });
      return userId ?? null;
    },

    async revokeAll(userId, at) {
      await db.runTransaction(async (transaction) => {
        const live = await transaction.get(liveSessionsOf(db, userId));
        for (const { ref } of live.docs) transaction.update(ref, { revokedAt: at });
      });
    },

    async refresh(sessionId, decide) {
      return await decideAndWrite(sessions.doc(sessionId), (found) =>
        decide(toSession(sessionId, found.data())),
      );
    },
  });
}

export function toSession(id: string, data: DocumentData | undefined): Session | null {
  return data ? ({ id, ...fromDocument(data) } as Session) : null;
}

export const liveSessionsOf = (db: Firestore, userId: string) =>
  db.collection('sessions').where('userId', '==', userId).where('revokedAt', '==', null);
