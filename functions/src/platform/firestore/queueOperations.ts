import { FieldPath, FieldValue, type Firestore, type Query } from 'firebase-admin/firestore';
import type { QueueOperations } from '../../delivery/ports.ts';
import { fromDocument, newestFirst } from './documents.ts';
import { withMappedErrors } from './errors.ts';
import {
  fromQueueItem,
  fromQueueState,
  QUEUE_STATE,
  readItemsAndTweets,
  toQueueState,
  toStoredTweet,
} from './tweetDocuments.ts';

export function createQueueOperations(db: Firestore): QueueOperations {
  const tweets = db.collection('tweets');
  const queue = db.collection('queue');

  return withMappedErrors<QueueOperations>({
    async overview(since) {
      const [pending, waiting, deadLetters, captures, publishes, firstPending, firstQueued, last] =
        await Promise.all([
          count(tweets.orderBy('pendingSince')),
          count(queue.orderBy('nextAttemptAt')),
          count(queue.where('status', '==', 'failed')),
          count(tweets.where('createdAt', '>=', since).orderBy('createdAt', 'desc')),
          count(tweets.where('publishedAt', '>=', since)),
          first(tweets.orderBy('pendingSince'), 'pendingSince'),
          first(queue.where('status', 'in', ['pending', 'retrying']).orderBy('createdAt'), 'createdAt'),
          first(tweets.orderBy('createdAt', 'desc'), 'createdAt'),
        ]);
      const oldest = [firstPending, firstQueued].filter((time) => time !== null).map(Number);
      return {
        undelivered: pending + waiting,
        oldestSince: oldest.length > 0 ? new Date(Math.min(...oldest)) : null,
        deadLetters,
        captures,
        publishes,
        lastCaptureAt: last,
      };
    },

    async list({ status, before }, limit, after) {
      let query: Query = queue;
      if (status) query = query.where('status', '==', status);
      if (before) query = query.where('createdAt', '<', before);
      const { docs } = await newestFirst(query, after)
        .select(...QUEUE_STATE)
        .limit(limit)
        .get();
      return docs.map(toQueueState);
    },

    async waiting(at, limit, after) {
      const query = queue
        .where('nextAttemptAt', '>', at)
        .orderBy('nextAttemptAt')
        .orderBy(FieldPath.documentId())
        .select(...QUEUE_STATE)
        .limit(limit);
      const { docs } = await (after ? query.startAfter(after.nextAttemptAt, after.id) : query).get();
      return docs.map(toQueueState);
    },

    async requeue(ids, change) {
      return await db.runTransaction(async (transaction) => {
        let given = 0;
        for (const { item, tweet } of await readItemsAndTweets(db, transaction, ids)) {
          const next = item && change(item);
          if (!next) continue;
          given += 1;
          transaction.update(queue.doc(next.id), fromQueueState(next));
          if (tweet && item.status === 'failed') transaction.update(tweet.ref, { status: 'queued' });
        }
        return given;
      });
    },

    async abandon(ids, at, may) {
      return await db.runTransaction(async (transaction) => {
        let givenUp = 0;
        const found = await readItemsAndTweets(db, transaction, ids);
        found.forEach(({ item, tweet }, index) => {
          if (item ? !may(item) : Number(tweet?.get('givenUpAt')?.toDate()) !== Number(at)) return;
          givenUp += 1;
          if (!item) return;
          transaction.delete(queue.doc(ids[index] as string));
          if (tweet) transaction.update(tweet.ref, { status: 'failed', givenUpAt: at });
        });
        return givenUp;
      });
    },

    async queueAgain(id, toItem, change) {
      await db.runTransaction(async (transaction) => {
        const tweet = await transaction.get(tweets.doc(id));
        const stored = toStoredTweet(tweet);
        if (!stored) return;
        const queued = await transaction.get(queue.doc(id));
        if (queued.exists) {
          const item = toQueueState(queued);
          const next = change(item);
          if (!next || next === item) return;
          transaction.update(queued.ref, fromQueueState(next));
        } else transaction.set(queued.ref, fromQueueItem(toItem(stored)));
        transaction.update(tweets.doc(id), {
          status: 'queued',
          pubsubMessageId: null,
          publishedAt: null,
          pendingSince: FieldValue.delete(),
          givenUpAt: FieldValue.delete(),
        });
      });
    },
  });
}

const count = async (query: Query): Promise<number> => (await query.count().get()).data().count;

const first = async (query: Query, field: string): Promise<Date | null> => {
  const [document] = (await query.limit(1).select(field).get()).docs;
  return document ? fromDocument(document.data())[field] : null;
};
