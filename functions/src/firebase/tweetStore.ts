import {
  type DocumentData,
  FieldValue,
  type Firestore,
  type QueryDocumentSnapshot,
  type Transaction,
} from 'firebase-admin/firestore';
import type { TweetStore } from '../ports.ts';
import type { QueueItem } from '../tweets/delivery.ts';
import type { Capture, StoredTweet } from '../tweets/tweet.ts';
import { decideAndWrite, fromDocument } from './documents.ts';
import { ALREADY_EXISTS, failingClearly, grpcCode } from './errors.ts';

export function createTweetStore(db: Firestore): TweetStore {
  const tweets = db.collection('tweets');
  const queue = db.collection('queue');

  const leavePending = (transaction: Transaction, item: QueueItem) => {
    transaction.update(tweets.doc(item.id), { status: 'queued', pendingSince: FieldValue.delete() });
    transaction.set(queue.doc(item.id), fromQueueItem(item));
  };
  /** The queue documents and tweets of some items, as the transaction sees them. */
  const readBoth = async (transaction: Transaction, items: QueueItem[]) => {
    const refs = items.flatMap(({ id }) => [queue.doc(id), tweets.doc(id)]);
    const documents = await transaction.getAll(...refs);
    return items.map((_, index) => ({ queued: documents[2 * index], tweet: documents[2 * index + 1] }));
  };

  /** The tweets of some items; one may be gone already where an account is being erased. */
  const stillThere = async (transaction: Transaction, items: QueueItem[]) => {
    if (items.length === 0) return [];
    const found = await transaction.getAll(...items.map(({ id }) => tweets.doc(id)));
    return found.filter(({ exists }) => exists).map(({ ref }) => ref);
  };

  return failingClearly<TweetStore>({
    async create(capture) {
      const tweet = tweets.doc(capture.id);
      try {
        await tweet.create(fromCapture(capture));
        return 'created';
      } catch (error) {
        if (grpcCode(error) !== ALREADY_EXISTS) throw error;
        // The client repeats a commit whose answer got lost, and then meets the tweet that it wrote itself.
        const stored = await tweet.get();
        return stored.get('operationId') === capture.operationId ? 'created' : 'duplicate';
      }
    },

    async read(id) {
      return toStoredTweet(await tweets.doc(id).get());
    },

    async markPublished(id, messageId, at) {
      await decideAndWrite(tweets.doc(id), (tweet) => ({
        changes: tweet.get('pendingSince') ? published(messageId, at) : {},
      }));
    },

    async enqueue(item) {
      await db.runTransaction(async (transaction) => {
        const tweet = await transaction.get(tweets.doc(item.id));
        if (tweet.get('pendingSince')) leavePending(transaction, item);
      });
    },

    async adopt(before, limit, toItem) {
      return await db.runTransaction(async (transaction) => {
        const lost = await transaction.get(
          tweets.where('pendingSince', '<=', before).orderBy('pendingSince').limit(limit),
        );
        for (const tweet of lost.docs) leavePending(transaction, toItem(toStoredTweet(tweet) as StoredTweet));
        return lost.size;
      });
    },

    async claimDue(now, limit, claim) {
      return await db.runTransaction(async (transaction) => {
        const due = await transaction.get(
          queue.where('nextAttemptAt', '<=', now).orderBy('nextAttemptAt').limit(limit),
        );
        const claimed = due.docs.map((found) => claim(toQueueItem(found)));
        const failed = await stillThere(transaction, claimed.filter(isDeadLetter));
        for (const item of claimed) transaction.set(queue.doc(item.id), fromQueueItem(item));
        for (const tweet of failed) transaction.update(tweet, { status: 'failed' });
        return claimed;
      });
    },

    async settlePublished(outcomes, at) {
      await db.runTransaction(async (transaction) => {
        const found = await readBoth(
          transaction,
          outcomes.map(({ item }) => item),
        );
        outcomes.forEach(({ item, messageId }, index) => {
          if (!found[index]?.queued?.exists) return;
          transaction.delete(queue.doc(item.id));
          if (found[index].tweet?.exists) transaction.update(tweets.doc(item.id), published(messageId, at));
        });
      });
    },

    async settleFailed(items) {
      await db.runTransaction(async (transaction) => {
        const stored = await transaction.getAll(...items.map(({ id }) => queue.doc(id)));
        const held = items.filter((item, index) => {
          const found = stored[index];
          return found?.get('status') === 'retrying' && found.get('attempts') === item.attempts;
        });
        const failed = await stillThere(transaction, held.filter(isDeadLetter));
        for (const item of held) transaction.set(queue.doc(item.id), fromQueueItem(item));
        for (const tweet of failed) transaction.update(tweet, { status: 'failed' });
      });
    },

    async countDue(now) {
      return (await queue.where('nextAttemptAt', '<=', now).count().get()).data().count;
    },
  });
}

const isDeadLetter = ({ status }: QueueItem) => status === 'failed';

const published = (messageId: string, at: Date) => ({
  status: 'published',
  pubsubMessageId: messageId,
  publishedAt: at,
  pendingSince: FieldValue.delete(),
});

function fromCapture({ id: _, tweet, ...capture }: Capture): DocumentData {
  const { tweetId } = tweet;
  // For the filters of a list: X does not tell user names apart by case.
  const author = tweet.authorUsername.toLowerCase();
  const state = { pubsubMessageId: null, publishedAt: null, pendingSince: capture.createdAt };
  return { ...capture, tweetId, author, rawData: defined(tweet), status: 'captured', ...state };
}

export function toStoredTweet(document: {
  id: string;
  data(): DocumentData | undefined;
}): StoredTweet | null {
  const data = document.data();
  if (!data) return null;
  const { rawData, pubsubMessageId, pendingSince, tweetId, author, ...rest } = fromDocument(data);
  const state = { messageId: pubsubMessageId, pendingSince: pendingSince ?? null };
  return { ...rest, id: document.id, tweet: rawData, ...state } as StoredTweet;
}

function fromQueueItem({ id, data, nextAttemptAt, ...item }: QueueItem): DocumentData {
  return { ...item, tweetData: defined(data), ...(nextAttemptAt && { nextAttemptAt }) };
}

export function toQueueItem(document: QueryDocumentSnapshot): QueueItem {
  const { tweetData, nextAttemptAt, ...item } = fromDocument(document.data());
  return { ...item, id: document.id, data: tweetData, nextAttemptAt: nextAttemptAt ?? null } as QueueItem;
}

/** Firestore has no undefined. */
const defined = (object: object) =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
