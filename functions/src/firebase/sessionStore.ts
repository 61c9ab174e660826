import type { DocumentData, Firestore } from 'firebase-admin/firestore';
import { isLive, latestUsedFirst, type Session } from '../accounts/session.ts';
import type { SessionStore } from '../ports.ts';
import { fromDocument, updateUnlessChanged } from './documents.ts';
import { failingClearly } from './errors.ts';

export function createSessionStore(db: Firestore): SessionStore {
  const sessions = db.collection('sessions');
  return failingClearly<SessionStore>({
    async create({ id, ...session }, passwordHash) {
      return await db.runTransaction(async (transaction) => {
        const user = await transaction.get(db.collection('users').doc(session.userId));
        const maySignIn = user.get('passwordHash') === passwordHash && user.get('isActive') === true;
        if (!maySignIn) return 'refused';
        transaction.set(sessions.doc(id), session);
        return 'created';
      });
    },

    async listLive(userId, now) {
      const found = await liveSessionsOf(db, userId).get();
      const live = found.docs.map((document) => toSession(document.id, document.data()) as Session);
      return latestUsedFirst(live.filter((session) => isLive(session, now)));
    },

    async revoke(sessionId, at) {
      for (;;) {
        const found = await sessions.doc(sessionId).get();
        if (!found.exists || found.get('revokedAt')) return false;
        if (await updateUnlessChanged(found, { revokedAt: at })) return true;
      }
    },

    async revokeAll(userId, at) {
      await db.runTransaction(async (transaction) => {
        const live = await transaction.get(liveSessionsOf(db, userId));
        for (const { ref } of live.docs) transaction.update(ref, { revokedAt: at });
      });
    },

    async refresh(sessionId, decide) {
      // Who loses a race decides again on what the winner left, so one write is enough for any number of rivals.
      for (;;) {
        const found = await sessions.doc(sessionId).get();
        const decision = decide(toSession(sessionId, found.data()));
        if (Object.keys(decision.changes).length === 0) return decision;
        if (await updateUnlessChanged(found, decision.changes)) return decision;
      }
    },
  });
}

export function toSession(id: string, data: DocumentData | undefined): Session | null {
  return data ? ({ id, ...fromDocument(data) } as Session) : null;
}

export const liveSessionsOf = (db: Firestore, userId: string) =>
  db.collection('sessions').where('userId', '==', userId).where('revokedAt', '==', null);
