import { FieldPath, type Firestore, type Query } from 'firebase-admin/firestore';
import type { Place } from '../http/page.ts';
import type { TweetLists } from '../ports.ts';
import type { StoredTweet } from '../tweets/tweet.ts';
import { failingClearly } from './errors.ts';
import { toQueueItem, toStoredTweet } from './tweetStore.ts';

/** Each query is a stretch of one composite index of firestore.indexes.json, so it reads what it gives and no more. */
export function createTweetLists(db: Firestore): TweetLists {
  const owned = (userId: string, collection: string) =>
    db.collection(collection).where('userId', '==', userId);

  return failingClearly<TweetLists>({
    async tweets(userId, { status, author, from, to }, limit, after) {
      let query = owned(userId, 'tweets');
      if (status) query = query.where('status', '==', status);
      if (author) query = query.where('author', '==', author);
      if (from) query = query.where('createdAt', '>=', from);
      if (to) query = query.where('createdAt', '<', to);
      const { docs } = await newestFirst(query, limit, after).get();
      return docs.map((found) => toStoredTweet(found) as StoredTweet);
    },

    async queue(userId, limit, after) {
      const { docs } = await newestFirst(owned(userId, 'queue'), limit, after).get();
      return docs.map(toQueueItem);
    },
  });
}

function newestFirst(query: Query, limit: number, after: Place | null): Query {
  const inOrder = query.orderBy('createdAt', 'desc').orderBy(FieldPath.documentId(), 'desc').limit(limit);
  return after ? inOrder.startAfter(after.createdAt, after.id) : inOrder;
}
