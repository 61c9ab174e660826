import type { Place } from '../../../src/http/page.ts';
import type { TweetLists } from '../../../src/ports.ts';
import { comparableAuthor } from '../../../src/tweets/tweet.ts';
import type { memoryTweets } from './tweets.ts';

export function memoryTweetLists({
  tweets,
  queue,
}: Pick<ReturnType<typeof memoryTweets>, 'tweets' | 'queue'>): TweetLists {
  return {
    async tweets(userId, { status, author, from, to }, limit, after) {
      const fitting = [...tweets.values()].filter(
        (found) =>
          found.userId === userId &&
          (!status || found.status === status) &&
          (!author || comparableAuthor(found.tweet.authorUsername) === author) &&
          (!from || found.createdAt >= from) &&
          (!to || found.createdAt < to),
      );
      return newestFirst(fitting, limit, after);
    },
    async queue(userId, limit, after) {
      const mine = [...queue.values()].filter((item) => item.userId === userId);
      return newestFirst(mine, limit, after);
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
