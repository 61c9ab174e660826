import type { Firestore } from 'firebase-admin/firestore';
import type { Session } from '../accounts/session.ts';
import type { SessionStore } from '../ports.ts';
import { fromDocument } from './documents.ts';
import { failingClearly } from './unavailable.ts';

export function createSessionStore(db: Firestore): SessionStore {
  const sessions = db.collection('sessions');
  return failingClearly<SessionStore>({
    async create({ id, ...session }) {
      await sessions.doc(id).set(session);
    },

    async refresh(sessionId, decide) {
      return await db.runTransaction(async (transaction) => {
        const found = await transaction.get(sessions.doc(sessionId));
        const data = found.data();
        const decision = decide(data ? ({ id: sessionId, ...fromDocument(data) } as Session) : null);
        if (Object.keys(decision.changes).length > 0) transaction.update(found.ref, decision.changes);
        return decision;
      });
    },
  });
}
