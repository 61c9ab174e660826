import type { Firestore } from 'firebase-admin/firestore';
import type { Session } from '../accounts/session.ts';
import type { SessionStore } from '../ports.ts';
import { fromDocument, updateUnlessChanged } from './documents.ts';
import { failingClearly } from './errors.ts';

export function createSessionStore(db: Firestore): SessionStore {
  const sessions = db.collection('sessions');
  return failingClearly<SessionStore>({
    async create({ id, ...session }) {
      await sessions.doc(id).set(session);
    },

    async refresh(sessionId, decide) {
      // Who loses a race decides again on what the winner left, so one write is enough for any number of rivals.
      for (;;) {
        const found = await sessions.doc(sessionId).get();
        const data = found.data();
        const decision = decide(data ? ({ id: sessionId, ...fromDocument(data) } as Session) : null);
        if (Object.keys(decision.changes).length === 0) return decision;
        if (await updateUnlessChanged(found, decision.changes)) return decision;
      }
    },
  });
}
