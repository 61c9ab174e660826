import type { TweetFilters, TweetLists } from '../../../src/tweets/ports.ts';
import { authorOf } from '../../../src/tweets/tweet.ts';
import { newestFirst } from './newestFirst.ts';
import type { memoryTweets } from './tweets.ts';

export function memoryTweetLists({ tweets }: Pick<ReturnType<typeof memoryTweets>, 'tweets'>): TweetLists {
  const chosen = (userId: string, { status, author, from, to }: TweetFilters) =>
    [...tweets.values()].filter(
      (found) =>
        found.userId === userId &&
        (!status || found.status === status) &&
        (!author || authorOf(found.fields) === author) &&
        (!from || found.createdAt >= from) &&
        (!to || found.createdAt < to),
    );
  return {
    tweets: async (userId, filters, limit, after) => newestFirst(chosen(userId, filters), limit, after),
    async *everyTweet(userId, filters, after) {
      yield* newestFirst(chosen(userId, filters), Number.POSITIVE_INFINITY, after);
    },
    async count(userId, filters, after) {
      return newestFirst(chosen(userId, filters), Number.POSITIVE_INFINITY, after).length;
    },
  };
}
