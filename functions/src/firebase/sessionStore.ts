import type { DocumentData, Firestore } from 'firebase-admin/firestore';
import { latestUsedFirst, type Session } from '../accounts/session.ts';
import type { SessionStore } from '../ports.ts';
import { fromDocument, updateUnlessChanged } from './documents.ts';
import { failingClearly } from './errors.ts';

/** Firestore takes up to 500 writes in a batch. */
const BATCH = 500;

export function createSessionStore(db: Firestore): SessionStore {
  const sessions = db.collection('sessions');
  return failingClearly<SessionStore>({
    async create({ id, ...session }) {
      await sessions.doc(id).set(session);
    },

    async listLive(userId, now) {
      const found = await liveSessionsOf(db, userId).get();
      const live = found.docs.map((document) => toSession(document.id, document.data()) as Session);
      return latestUsedFirst(live.filter(({ expiresAt }) => expiresAt > now));
    },

    async revoke(sessionId, at) {
      for (;;) {
        const found = await sessions.doc(sessionId).get();
        if (!found.exists || found.get('revokedAt')) return;
        if (await updateUnlessChanged(found, { revokedAt: at })) return;
      }
    },

    async revokeAll(userId, at) {
      const live = await liveSessionsOf(db, userId).get();
      for (let start = 0; start < live.size; start += BATCH) {
        const batch = db.batch();
        for (const session of live.docs.slice(start, start + BATCH))
          batch.update(session.ref, { revokedAt: at });
        await batch.commit();
      }
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
