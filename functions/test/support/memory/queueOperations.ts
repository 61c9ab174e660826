import type { QueueOperations } from '../../../src/delivery/ports.ts';
import type { QueueState } from '../../../src/delivery/queueItem.ts';
import { newestFirst } from './newestFirst.ts';
import { type memoryTweets, withoutData } from './tweets.ts';

/** What operators do to the tweets and the queue in memory; each method runs without a pause, so it is atomic. */
export function memoryQueueOperations({
  tweets,
  queue,
}: Pick<ReturnType<typeof memoryTweets>, 'tweets' | 'queue'>): QueueOperations {
  const earliest = (times: Date[]) => times.toSorted((a, b) => Number(a) - Number(b))[0] ?? null;
  return {
    async overview(since) {
      const all = [...tweets.values()];
      const items = [...queue.values()];
      const pending = all.flatMap(({ pendingSince }) => pendingSince ?? []);
      const waiting = items.filter(({ nextAttemptAt }) => nextAttemptAt);
      return {
        undelivered: pending.length + waiting.length,
        oldestSince: earliest([...pending, ...waiting.map(({ createdAt }) => createdAt)]),
        deadLetters: items.filter(({ status }) => status === 'failed').length,
        captures: all.filter(({ createdAt }) => createdAt >= since).length,
        publishes: all.filter(({ publishedAt }) => publishedAt && publishedAt >= since).length,
        lastCaptureAt: newestFirst(all, 1, null)[0]?.createdAt ?? null,
      };
    },
    async list({ status, before }, limit, after) {
      const fitting = [...queue.values()].filter(
        (item) => (!status || item.status === status) && (!before || item.createdAt < before),
      );
      return newestFirst(fitting.map(withoutData), limit, after);
    },
    async waiting(at, limit, after) {
      const compare = (a: QueueState, b: QueueState) =>
        Number(a.nextAttemptAt) - Number(b.nextAttemptAt) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
      return [...queue.values()]
        .filter(({ nextAttemptAt }) => nextAttemptAt && nextAttemptAt > at)
        .filter((item) => !after || compare(after, item) < 0)
        .sort(compare)
        .slice(0, limit)
        .map((item) => structuredClone(withoutData(item)));
    },
    async requeue(ids, change) {
      let given = 0;
      for (const id of ids) {
        const item = queue.get(id);
        const next = item && change(structuredClone(item));
        if (!next) continue;
        given += 1;
        queue.set(id, { ...item, ...structuredClone(next) });
        const tweet = tweets.get(id);
        if (tweet) tweet.status = 'queued';
      }
      return given;
    },
    async abandon(ids, at, may) {
      let givenUp = 0;
      for (const id of ids) {
        const [item, tweet] = [queue.get(id), tweets.get(id)];
        if (item ? !may(structuredClone(item)) : Number(tweet?.givenUpAt) !== Number(at)) continue;
        givenUp += 1;
        if (!item) continue;
        queue.delete(id);
        if (tweet) Object.assign(tweet, { status: 'failed', givenUpAt: at });
      }
      return givenUp;
    },
    async queueAgain(id, toItem, change) {
      const [item, tweet] = [queue.get(id), tweets.get(id)];
      if (!tweet) return;
      const changed = item && change(structuredClone(item));
      const next = item ? changed && { ...item, ...changed } : toItem(structuredClone(tweet));
      if (!next) return;
      delete tweet.givenUpAt;
      Object.assign(tweet, { messageId: null, publishedAt: null, pendingSince: null, status: 'queued' });
      queue.set(id, structuredClone(next));
    },
  };
}
