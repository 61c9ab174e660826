import { FieldPath, type Firestore, type Query, type QueryDocumentSnapshot } from 'firebase-admin/firestore';
import type { Place } from '../http/page.ts';
import type { TweetFilters, TweetLists } from '../ports.ts';
import type { StoredTweet } from '../tweets/tweet.ts';
import { clearer, failingClearly, isTransient, pause } from './errors.ts';
import { QUEUE_STATE, toQueueState, toStoredTweet } from './tweetDocuments.ts';

/** What one query reads of many tweets: few round trips, and each over before a slow reader meets Firestore's deadline. */
const STRETCH = 2000;

/** Each query is a stretch of one composite index of firestore.indexes.json, so it reads what it gives and no more. */
export function createTweetLists(db: Firestore): TweetLists {
  const owned = (userId: string, collection: string) =>
    db.collection(collection).where('userId', '==', userId);

  const chosen = (userId: string, { status, author, from, to }: TweetFilters) => {
    let query = owned(userId, 'tweets');
    if (status) query = query.where('status', '==', status);
    if (author) query = query.where('author', '==', author);
    if (from) query = query.where('createdAt', '>=', from);
    if (to) query = query.where('createdAt', '<', to);
    return query;
  };

  const lists = failingClearly<Omit<TweetLists, 'everyTweet'>>({
    async tweets(userId, filters, limit, after) {
      const { docs } = await newestFirst(chosen(userId, filters), after).limit(limit).get();
      return docs.map((found) => toStoredTweet(found) as StoredTweet);
    },

    async queue(userId, limit, after) {
      const { docs } = await newestFirst(owned(userId, 'queue'), after)
        .select(...QUEUE_STATE)
        .limit(limit)
        .get();
      return docs.map(toQueueState);
    },

    async count(userId, filters, after) {
      return (await newestFirst(chosen(userId, filters), after).count().get()).data().count;
    },
  });

  async function* everyTweet(
    userId: string,
    filters: TweetFilters,
    after: Place | null,
  ): AsyncGenerator<StoredTweet> {
    const query = chosen(userId, filters);
    let last = after;
    let isRetry = false;
    let hasMore: boolean;
    do {
      let count = 0;
      try {
        for await (const found of read(newestFirst(query, last).limit(STRETCH))) {
          const tweet = toStoredTweet(found) as StoredTweet;
          count += 1;
          last = tweet;
          isRetry = false;
          yield tweet;
        }
        hasMore = count === STRETCH;
      } catch (error) {
        // Once without progress: it goes on after the last tweet that was read.
        if (isRetry || !isTransient(error)) throw clearer(error);
        isRetry = true;
        hasMore = true;
        await pause();
      }
    } while (hasMore);
  }
  return { ...lists, everyTweet };
}

/** Documents as they are asked for: a stream of Firestore's waits for its reader. */
const read = (query: Query) =>
  query.stream() as AsyncIterable<unknown> as AsyncIterable<QueryDocumentSnapshot>;

function newestFirst(query: Query, after: Place | null): Query {
  const inOrder = query.orderBy('createdAt', 'desc').orderBy(FieldPath.documentId(), 'desc');
  return after ? inOrder.startAfter(after.createdAt, after.id) : inOrder;
}
