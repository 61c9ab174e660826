import type { Place } from '../../../src/http/page.ts';
import type { TweetFilters, TweetLists } from '../../../src/ports.ts';
import { authorOf } from '../../../src/tweets/tweet.ts';
import { type memoryTweets, withoutData } from './tweets.ts';

export function memoryTweetLists({
  tweets,
  queue,
}: Pick<ReturnType<typeof memoryTweets>, 'tweets' | 'queue'>): TweetLists {
  const chosen = (userId: string, { status, author, from, to }: TweetFilters) =>
    [...tweets.values()].filter(
      (found) =>
        found.userId === userId &&
        (!status || found.status === status) &&
        (!author || authorOf(found.tweet) === author) &&
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
    async queue(userId, limit, after) {
      const mine = [...queue.values()].filter((item) => item.userId === userId);
      return newestFirst(mine.map(withoutData), limit, after);
    },
  };
}

export function newestFirst<T extends Place>(all: T[], limit: number, after: Place | null): T[] {
  return all
    .toSorted(compare)
    .filter((each) => !after || compare(after, each) < 0)
    .slice(0, limit)
    .map((each) => structuredClone(each));
}

const compare = (a: Place, b: Place) =>
  Number(b.createdAt) - Number(a.createdAt) || (a.id < b.id ? 1 : a.id > b.id ? -1 : 0);
