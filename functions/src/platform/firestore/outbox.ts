import { FieldValue, type Firestore, Timestamp, type Transaction } from 'firebase-admin/firestore';
import { takeBySize } from '../../core/portions.ts';
import type { Outbox } from '../../delivery/ports.ts';
import { isSameClaim, isSameRevision, type QueueItem, type QueueState } from '../../delivery/queueItem.ts';
import { MAX_COMMIT_BYTES, writeBytes } from './commitBytes.ts';
import { compareAndSet, newestFirst, wroteWithoutConflict } from './documents.ts';
import { grpcCode, NOT_FOUND, withMappedErrors } from './errors.ts';
import {
  fromQueueItem,
  fromQueueState,
  publishedPatch,
  QUEUE_STATE,
  storedMessageBytes,
  toQueueState,
  toStoredTweet,
} from './tweetDocuments.ts';

export function createOutbox(db: Firestore): Outbox {
  const tweets = db.collection('tweets');
  const queue = db.collection('queue');

  const leavePending = (transaction: Transaction, item: QueueItem) => {
    const status = isDeadLetter(item) ? 'failed' : 'queued';
    transaction.update(tweets.doc(item.id), { status, pendingSince: FieldValue.delete() });
    transaction.set(queue.doc(item.id), fromQueueItem(item));
  };

  /** Returns the tweets of items that still exist. An erasure may have deleted some. */
  const stillThere = async (transaction: Transaction, items: QueueState[]) => {
    if (items.length === 0) return [];
    const refs = items.map(({ id }) => tweets.doc(id));
    const found = await transaction.getAll(...refs, { fieldMask: ['userId'] });
    return found.filter(({ exists }) => exists).map(({ ref }) => ref);
  };

  const stillQueued = async (transaction: Transaction, items: QueueState[]) => {
    const refs = items.map(({ id }) => queue.doc(id));
    const found = await transaction.getAll(...refs, { fieldMask: QUEUE_STATE });
    const stored = found.filter(({ exists }) => exists).map(toQueueState);
    return new Map(stored.map((item) => [item.id, item]));
  };

  return withMappedErrors<Outbox>({
    async markPublished(id, messageId, at, version) {
      const changes = publishedPatch(messageId, at);
      const tweet = tweets.doc(id);
      if (version instanceof Timestamp) {
        if (await wroteWithoutConflict(tweet.update(changes, { lastUpdateTime: version }))) return;
      }
      await compareAndSet(tweet, (found) => ({ changes: found.get('pendingSince') ? changes : {} }));
    },

    async enqueue(item) {
      await db.runTransaction(async (transaction) => {
        const tweet = await transaction.get(tweets.doc(item.id));
        if (tweet.get('pendingSince')) leavePending(transaction, item);
      });
    },

    async recoverOrphans(before, limit, toItem) {
      return await db.runTransaction(async (transaction) => {
        const lost = await transaction.get(
          tweets.where('pendingSince', '<=', before).orderBy('pendingSince').limit(limit),
        );
        const recovered = takeBySize(lost.docs, (found) => writeBytes(found.data()), MAX_COMMIT_BYTES);
        for (const found of recovered) {
          const tweet = toStoredTweet(found);
          if (tweet) leavePending(transaction, toItem(tweet));
          else transaction.update(found.ref, { pendingSince: FieldValue.delete() });
        }
        return recovered.length;
      });
    },

    async claimDue(now, { maxClaimItems, maxClaimBytes }, claim) {
      return await db.runTransaction(async (transaction) => {
        const due = queue
          .where('nextAttemptAt', '<=', now)
          .orderBy('nextAttemptAt')
          .limit(maxClaimItems)
          .select(...QUEUE_STATE);
        const { docs } = await transaction.get(due);
        const batch = takeBySize(docs, storedMessageBytes, maxClaimBytes);
        if (batch.length === 0) return [];
        const claimed = batch.map((found) => claim(toQueueState(found)));
        const refs = batch.map(({ ref }) => ref);
        const [contents, failed] = await Promise.all([
          transaction.getAll(...refs, { fieldMask: ['tweetData'] }),
          stillThere(transaction, claimed.filter(isDeadLetter)),
        ]);
        for (const item of claimed) transaction.update(queue.doc(item.id), fromQueueState(item));
        for (const tweet of failed) transaction.update(tweet, { status: 'failed' });
        return claimed.map((item, index) => ({ ...item, data: contents[index]?.get('tweetData') }));
      });
    },

    async settlePublished(outcomes, at) {
      const settle = (areTweetsRead: boolean) =>
        db.runTransaction(async (transaction) => {
          const stored = await stillQueued(
            transaction,
            outcomes.map(({ item }) => item),
          );
          const current = outcomes.filter(({ item }) => {
            const queued = stored.get(item.id);
            return queued && isSameRevision(queued, item);
          });
          const items = current.map(({ item }) => item);
          const there = areTweetsRead ? await stillThere(transaction, items) : items;
          const ids = new Set(there.map(({ id }) => id));
          for (const { item, messageId } of current) {
            transaction.delete(queue.doc(item.id));
            if (ids.has(item.id)) transaction.update(tweets.doc(item.id), publishedPatch(messageId, at));
          }
        });
      try {
        await settle(false);
      } catch (error) {
        // A tweet was deleted by an erasure.
        if (grpcCode(error) !== NOT_FOUND) throw error;
        await settle(true);
      }
    },

    async settleFailed(items) {
      await db.runTransaction(async (transaction) => {
        const stored = await stillQueued(transaction, items);
        const held = items.filter((item) => {
          const queued = stored.get(item.id);
          return queued && isSameClaim(queued, item);
        });
        const failed = await stillThere(transaction, held.filter(isDeadLetter));
        for (const item of held) transaction.update(queue.doc(item.id), fromQueueState(item));
        for (const tweet of failed) transaction.update(tweet, { status: 'failed' });
      });
    },

    async countDue(now) {
      return (await queue.where('nextAttemptAt', '<=', now).count().get()).data().count;
    },

    async listForUser(userId, limit, after) {
      const { docs } = await newestFirst(queue.where('userId', '==', userId), after)
        .select(...QUEUE_STATE)
        .limit(limit)
        .get();
      return docs.map(toQueueState);
    },
  });
}

const isDeadLetter = ({ status }: QueueState) => status === 'failed';
