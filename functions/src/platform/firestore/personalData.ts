import { FieldPath, type Firestore, type QueryDocumentSnapshot } from 'firebase-admin/firestore';
import type { Session } from '../../accounts/session.ts';
import type { AuditEntry } from '../../audit/audit.ts';
import type { PersonalData, PersonalRecord, RecordPlace } from '../../privacy/ports.ts';
import type { StoredTweet } from '../../tweets/tweet.ts';
import { toAccount } from './accountStore.ts';
import { fromDocument, hashOf } from './documents.ts';
import { retryOnce, withMappedErrors } from './errors.ts';
import { DOCUMENT_TIMEOUT_MS, readAll } from './readAll.ts';
import { toSession } from './sessionStore.ts';
import { QUEUE_STATE, toDeletedTweet, toQueueState, toStoredTweet } from './tweetDocuments.ts';

export function createPersonalData(db: Firestore): PersonalData {
  const users = db.collection('users');
  const erasures = db.collection('erasures');

  /** Tweets before their queue items: a tweet that is gone cannot be queued any more. */
  const about = (userId: string) => {
    const named = (collection: string) => db.collection(collection).where('userId', '==', userId);
    return {
      tweet: named('tweets'),
      queueItem: named('queue'),
      session: named('sessions'),
      auditEntry: named('auditLog'),
    };
  };

  async function* read(userId: string, after?: RecordPlace): AsyncGenerator<PersonalRecord> {
    const { tweet, queueItem, session, auditEntry } = about(userId);
    if (!after) {
      const user = await retryOnce(() => users.doc(userId).get());
      const account = toAccount(userId, user.data());
      if (account) yield { kind: 'account', id: userId, data: account };
    }
    const lists = [session, tweet, queueItem.select(...QUEUE_STATE), auditEntry];
    const first = after ? FIRST_LIST[after.kind] : 0;
    for (const [index, list] of [...lists.entries()].slice(first)) {
      // An account is no part of a list.
      const afterId = index === first && after?.kind !== 'account' ? after?.id : undefined;
      const byId = list.orderBy(FieldPath.documentId());
      const rest = afterId === undefined ? byId : byId.startAfter(afterId);
      for await (const found of readAll(rest, DOCUMENT_TIMEOUT_MS)) yield toRecord(found);
    }
  }

  const guarded = withMappedErrors<Omit<PersonalData, 'read'>>({
    async beginErasure({ userId, email, passwordHash }, at) {
      return await db.runTransaction(async (transaction) => {
        const user = await transaction.get(users.doc(userId));
        // A commit is repeated after a lost response, and then finds its own erasure.
        if (!user.exists) return (await transaction.get(erasures.doc(userId))).exists ? 'begun' : 'refused';
        if (user.get('passwordHash') !== passwordHash) return 'refused';
        const emailKey = hashOf(email);
        const holder = await transaction.get(db.collection('userEmails').doc(emailKey));
        transaction.delete(user.ref);
        if (holder.get('userId') === userId) {
          transaction.delete(holder.ref);
          transaction.delete(db.collection('guesses').doc(emailKey));
        }
        transaction.set(erasures.doc(userId), { begunAt: at, emailKey });
        return 'begun';
      });
    },

    async erase(userId, limit) {
      for (const query of Object.values(about(userId))) {
        const { docs } = await query.select().limit(limit).get();
        if (docs.length === 0) continue;
        const batch = db.batch();
        for (const { ref } of docs) batch.delete(ref);
        await batch.commit();
        return docs.length;
      }
      return 0;
    },

    async listErasures(limit) {
      const found = await erasures.orderBy('begunAt').limit(limit).get();
      return found.docs.map((erasure) => {
        const { begunAt } = fromDocument(erasure.data());
        return { userId: erasure.id, begunAt };
      });
    },

    async endErasure(userId) {
      await db.runTransaction(async (transaction) => {
        const { emailKey } = (await transaction.get(erasures.doc(userId))).data() ?? {};
        if (!emailKey) return;
        // A sign-in that was under way may have written of the address again; somebody else may have it by now.
        const isTaken = (await transaction.get(db.collection('userEmails').doc(emailKey))).exists;
        if (!isTaken) transaction.delete(db.collection('guesses').doc(emailKey));
        transaction.delete(erasures.doc(userId));
      });
    },
  });
  return { ...guarded, read };
}

/**
 * The index of each record kind's list, in the order sessions, tweets, queue, audit log. After an account comes the first
 * list.
 */
const FIRST_LIST = { account: 0, session: 0, tweet: 1, deletedTweet: 1, queueItem: 2, auditEntry: 3 };

function toRecord(found: QueryDocumentSnapshot): PersonalRecord {
  const { id } = found;
  const data = found.data();
  switch (found.ref.parent.id) {
    case 'sessions':
      return { kind: 'session', id, data: toSession(id, data) as Session };
    case 'queue':
      return { kind: 'queueItem', id, data: toQueueState(found) };
    case 'auditLog':
      return { kind: 'auditEntry', id, data: { id, ...fromDocument(data) } as AuditEntry };
    default: {
      const deleted = toDeletedTweet(found);
      if (deleted) return { kind: 'deletedTweet', id, data: deleted };
      return { kind: 'tweet', id, data: toStoredTweet(found) as StoredTweet };
    }
  }
}
