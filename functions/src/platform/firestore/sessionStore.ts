import type { DocumentData, Firestore, Transaction } from 'firebase-admin/firestore';
import type { SessionStore } from '../../accounts/ports.ts';
import { isLive, isOfEpoch, latestUsedFirst, type Session } from '../../accounts/session.ts';
import { compareAndSet, fromDocument } from './documents.ts';
import { ALREADY_EXISTS, grpcCode, NOT_FOUND, withMappedErrors } from './errors.ts';

/** How many documents one commit or list takes; the epoch ends a session that is not among them. */
const MOST = 400;
const MAX_LISTED = 1000;
/** Each ends MOST sessions; only an account from before the bound needs more than one. */
const MAX_ROUNDS = 5;

export function createSessionStore(db: Firestore): SessionStore {
  const sessions = db.collection('sessions');
  return withMappedErrors<SessionStore>({
    async create({ id, ...session }, passwordHash) {
      const created = db.runTransaction(async (transaction) => {
        const user = await transaction.get(db.collection('users').doc(session.userId));
        const maySignIn = user.get('passwordHash') === passwordHash && user.get('isActive') === true;
        if (!maySignIn) return 'refused';
        const epoch: number | undefined = user.get('sessionEpoch');
        transaction.create(sessions.doc(id), epoch ? { ...session, epoch } : session);
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

    async endOldest({ id, userId, createdAt }, most) {
      const live = unrevokedOf(db, userId);
      const oldest = live.orderBy('createdAt', 'desc').offset(most).limit(MOST).select();
      let { count } = (await live.count().get()).data();
      for (let round = 0; round < MAX_ROUNDS && count > most; round += 1) {
        const { docs } = await oldest.get();
        if (docs.length === 0) return;
        const batch = db.batch();
        for (const old of docs) if (old.id !== id) batch.update(old.ref, { revokedAt: createdAt });
        await batch.commit();
        count -= docs.length;
      }
    },

    async listLive(userId, now) {
      const [user, found] = await Promise.all([
        db.collection('users').doc(userId).get(),
        unrevokedOf(db, userId).limit(MAX_LISTED).get(),
      ]);
      const all = found.docs.map((document) => toSession(document.id, document.data()) as Session);
      const account = { sessionEpoch: user.get('sessionEpoch') };
      return latestUsedFirst(all.filter((session) => isLive(session, now) && isOfEpoch(session, account)));
    },

    async revoke(sessionId, at) {
      const { userId } = await compareAndSet(sessions.doc(sessionId), (found) => {
        const { userId, revokedAt } = toSession(sessionId, found.data()) ?? {};
        // A commit is repeated after a lost response, and then finds its own change.
        if (!userId || revokedAt) {
          return { userId: Number(revokedAt) === Number(at) ? userId : null, changes: {} };
        }
        return { userId, changes: { revokedAt: at } };
      });
      return userId ?? null;
    },

    async revokeAll(userId, at) {
      try {
        await db.runTransaction(async (transaction) => void (await endSessions(db, transaction, userId, at)));
      } catch (error) {
        // There is no such user (any more).
        if (grpcCode(error) !== NOT_FOUND) throw error;
      }
    },

    async refresh(sessionId, decide) {
      return await compareAndSet(sessions.doc(sessionId), (found) =>
        decide(toSession(sessionId, found.data())),
      );
    },
  });
}

export function toSession(id: string, data: DocumentData | undefined): Session | null {
  return data ? ({ id, ...fromDocument(data) } as Session) : null;
}

const unrevokedOf = (db: Firestore, userId: string) =>
  db.collection('sessions').where('userId', '==', userId).where('revokedAt', '==', null);

/**
 * Ends every session of a user in the transaction that has other changes, too, by a new epoch. Documents of up to some
 * hundreds of sessions say so as well; the others are dead all the same, and are deleted when they expire.
 */
export async function endSessions(
  db: Firestore,
  transaction: Transaction,
  userId: string,
  at: Date,
  { kept, changes = {} }: { kept?: string; changes?: DocumentData } = {},
): Promise<void> {
  const user = db.collection('users').doc(userId);
  const [{ docs }, found] = await Promise.all([
    transaction.get(unrevokedOf(db, userId).limit(MOST).select()),
    transaction.get(user),
  ]);
  const sessionEpoch = (found.get('sessionEpoch') ?? 0) + 1;
  transaction.update(user, { ...changes, sessionEpoch });
  for (const { id, ref } of docs) if (id !== kept) transaction.update(ref, { revokedAt: at });
  if (kept) transaction.update(db.collection('sessions').doc(kept), { epoch: sessionEpoch });
}
