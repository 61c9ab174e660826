import type { TweetStore } from '../../../src/ports.ts';
import type { QueueItem } from '../../../src/tweets/delivery.ts';
import type { StoredTweet } from '../../../src/tweets/tweet.ts';

/** Tweets and queue in memory; each method runs without a pause, so it is atomic. */
export function memoryTweets(): TweetStore & {
  tweets: Map<string, StoredTweet>;
  queue: Map<string, QueueItem>;
} {
  const tweets = new Map<string, StoredTweet>();
  const queue = new Map<string, QueueItem>();

  const due = (now: Date) =>
    [...queue.values()]
      .filter(({ nextAttemptAt }) => nextAttemptAt !== null && nextAttemptAt <= now)
      .sort((a, b) => Number(a.nextAttemptAt) - Number(b.nextAttemptAt));
  const publish = (id: string, messageId: string, at: Date) => {
    const tweet = tweets.get(id);
    if (tweet) Object.assign(tweet, { messageId, publishedAt: at, pendingSince: null, status: 'published' });
  };
  const leavePending = (tweet: StoredTweet, item: QueueItem) => {
    tweet.pendingSince = null;
    tweet.status = 'queued';
    queue.set(item.id, structuredClone(item));
  };

  const keep = (item: QueueItem) => {
    queue.set(item.id, structuredClone(item));
    const tweet = tweets.get(item.id);
    if (tweet && item.status === 'failed') tweet.status = 'failed';
  };

  return {
    tweets,
    queue,
    async create(capture) {
      const stored = tweets.get(capture.id);
      if (stored) {
        return stored.operationId === capture.operationId ? 'created' : 'duplicate';
      }
      const state = {
        status: 'captured' as const,
        messageId: null,
        publishedAt: null,
        pendingSince: capture.createdAt,
      };
      tweets.set(capture.id, structuredClone({ ...capture, ...state }));
      return 'created';
    },
    async read(id) {
      const tweet = tweets.get(id);
      return tweet ? structuredClone(tweet) : null;
    },
    async markPublished(id, messageId, at) {
      if (tweets.get(id)?.pendingSince) publish(id, messageId, at);
    },
    async enqueue(item) {
      const tweet = tweets.get(item.id);
      if (tweet?.pendingSince) leavePending(tweet, item);
    },
    async adopt(before, limit, toItem) {
      const lost = [...tweets.values()].filter(({ pendingSince }) => pendingSince && pendingSince <= before);
      const taken = lost.slice(0, limit);
      for (const tweet of taken) leavePending(tweet, toItem(structuredClone(tweet)));
      return taken.length;
    },
    async claimDue(now, limit, claim) {
      return due(now)
        .slice(0, limit)
        .map((item) => {
          const claimed = claim(structuredClone(item));
          keep(claimed);
          return claimed;
        });
    },
    async settlePublished(published, at) {
      for (const { item, messageId } of published) {
        if (queue.delete(item.id)) publish(item.id, messageId, at);
      }
    },
    async settleFailed(items) {
      for (const item of items) {
        const stored = queue.get(item.id);
        if (stored?.status !== 'retrying' || stored.attempts !== item.attempts) continue;
        keep(item);
      }
    },
    async countDue(now) {
      return due(now).length;
    },
  };
}
