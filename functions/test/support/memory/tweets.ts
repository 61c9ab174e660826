import { takeBySize } from '../../../src/core/portions.ts';
import { messageBytes } from '../../../src/delivery/message.ts';
import type { Outbox } from '../../../src/delivery/ports.ts';
import {
  isSameClaim,
  isSameRevision,
  newEnrichedItem,
  type QueueItem,
  type QueueState,
} from '../../../src/delivery/queueItem.ts';
import { mergeCapture } from '../../../src/tweets/merge.ts';
import type { TweetStore } from '../../../src/tweets/ports.ts';
import type { Capture, DeletedTweet, StoredTweet } from '../../../src/tweets/tweet.ts';
import { newestFirst } from './newestFirst.ts';

/** Tweets and queue in memory; each method runs without a pause, so it is atomic. */
export function memoryTweets(): TweetStore &
  Outbox & {
    tweets: Map<string, StoredTweet>;
    queue: Map<string, QueueItem>;
    deleted: Map<string, DeletedTweet>;
  } {
  const tweets = new Map<string, StoredTweet>();
  const queue = new Map<string, QueueItem>();
  const deleted = new Map<string, DeletedTweet>();

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
    tweet.status = item.status === 'failed' ? 'failed' : 'queued';
    queue.set(item.id, structuredClone(item));
  };

  /** Writes what has changed of an item, not its message; answers the whole item. */
  const keep = (item: QueueState): QueueItem => {
    const { data } = queue.get(item.id) as QueueItem;
    const kept = { ...structuredClone(item), data };
    queue.set(item.id, kept);
    const tweet = tweets.get(item.id);
    if (tweet && item.status === 'failed') tweet.status = 'failed';
    return structuredClone(kept);
  };

  const create = (capture: Capture) => {
    const { id } = capture;
    if (tweets.has(id) || deleted.has(id)) {
      const { outcome, enriched } = mergeCapture(structuredClone(tweets.get(id) ?? null), capture);
      const item = enriched && newEnrichedItem(enriched, capture.createdAt);
      if (enriched) tweets.set(id, structuredClone(enriched));
      if (item) queue.set(id, structuredClone(item));
      return outcome;
    }
    const state = {
      status: 'captured' as const,
      messageId: null,
      publishedAt: null,
      pendingSince: capture.createdAt,
    };
    tweets.set(capture.id, structuredClone({ ...capture, ...state }));
    return 'created';
  };

  const watchers = new Set<() => void>();
  const store: TweetStore & Outbox = {
    create: async (capture) => create(capture),
    createAll: async (captures) => captures.map(create),
    async read(id) {
      const tweet = tweets.get(id);
      return tweet ? structuredClone(tweet) : null;
    },
    waitUntilSettled: (id, signal) =>
      new Promise((resolve) => {
        const look = () => {
          const tweet = tweets.get(id);
          if (tweet?.pendingSince && !signal.aborted) return;
          watchers.delete(look);
          resolve(tweet && !signal.aborted ? structuredClone(tweet) : null);
        };
        watchers.add(look);
        signal.addEventListener('abort', look);
        look();
      }),
    async markPublished(id, messageId, at) {
      if (tweets.get(id)?.pendingSince) publish(id, messageId, at);
    },
    async enqueue(item) {
      const tweet = tweets.get(item.id);
      if (tweet?.pendingSince) leavePending(tweet, item);
    },
    async recoverOrphans(before, limit, toItem) {
      const lost = [...tweets.values()].filter(({ pendingSince }) => pendingSince && pendingSince <= before);
      const taken = lost.slice(0, limit);
      for (const tweet of taken) leavePending(tweet, toItem(structuredClone(tweet)));
      return taken.length;
    },
    async claimDue(now, { maxClaimItems, maxClaimBytes }, claim) {
      const batch = takeBySize(due(now).slice(0, maxClaimItems), messageBytes, maxClaimBytes);
      return batch.map((item) => keep(claim(structuredClone(item))));
    },
    async settlePublished(published, at) {
      for (const { item, messageId } of published) {
        const stored = queue.get(item.id);
        if (!stored || !isSameRevision(stored, item)) continue;
        queue.delete(item.id);
        publish(item.id, messageId, at);
      }
    },
    async settleFailed(items) {
      for (const item of items) {
        const stored = queue.get(item.id);
        if (stored && isSameClaim(stored, item)) keep(item);
      }
    },
    listForUser: async (userId, limit, after) =>
      newestFirst(
        [...queue.values()].filter((item) => item.userId === userId),
        limit,
        after,
      ).map(withoutData),
    async countDue(now) {
      return due(now).length;
    },
    async remove(id, at) {
      const tweet = tweets.get(id);
      if (!tweet) return Number(deleted.get(id)?.deletedAt) === Number(at) ? 'deleted' : 'unknown';
      tweets.delete(id);
      queue.delete(id);
      deleted.set(id, { userId: tweet.userId, tweetId: tweet.fields.tweetId, deletedAt: at });
      return 'deleted';
    },
  };
  const watched = Object.entries(
    store as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>,
  ).map(([name, method]) => [
    name,
    async (...args: unknown[]) => {
      const result = method(...args);
      for (const look of watchers) look();
      return await result;
    },
  ]);
  return { tweets, queue, deleted, ...(Object.fromEntries(watched) as TweetStore & Outbox) };
}

/** An item as lists and moves have it: without its message's data. */
export const withoutData = ({ data: _, ...state }: QueueItem): QueueState => state;
