import type { Firestore } from 'firebase-admin/firestore';
import type { ListPosition } from '../../http/page.ts';
import type { TweetFilters, TweetLists } from '../../tweets/ports.ts';
import type { StoredTweet } from '../../tweets/tweet.ts';
import { newestFirst } from './documents.ts';
import { withMappedErrors } from './errors.ts';
import { DOCUMENT_TIMEOUT_MS, readAll } from './readAll.ts';
import { toStoredTweet } from './tweetDocuments.ts';

/**
 * Each query is served by one composite index of firestore.indexes.json, so it reads only the documents that it returns.
 */
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

  const lists = withMappedErrors<Omit<TweetLists, 'everyTweet'>>({
    async tweets(userId, filters, limit, after) {
      const { docs } = await newestFirst(chosen(userId, filters), after).limit(limit).get();
      return docs.map((found) => toStoredTweet(found) as StoredTweet);
    },

    async count(userId, filters, after) {
      return (await newestFirst(chosen(userId, filters), after).count().get()).data().count;
    },
  });

  async function* everyTweet(
    userId: string,
    filters: TweetFilters,
    after: ListPosition | null,
  ): AsyncGenerator<StoredTweet> {
    const query = newestFirst(chosen(userId, filters), after);
    for await (const found of readAll(query, DOCUMENT_TIMEOUT_MS)) {
      yield toStoredTweet(found) as StoredTweet;
    }
  }
  return { ...lists, everyTweet };
}
