import type { QueueState } from '../../../src/delivery/queueItem.ts';
import type { Bug } from './bug.ts';

const unclaimed = (item: QueueState): QueueState => ({ ...item, lastAttemptAt: new Date(0) });

/** What operators' verbs may get wrong. */
export const operations: Record<string, Bug> = {
  retriesHeld: {
    title: "an operator's retry makes items due that a run holds",
    operations: ({ requeue }) => ({
      requeue: (ids, change) => requeue(ids, (item) => change(unclaimed(item))),
    }),
  },
  attemptsKept: {
    title: 'a dead letter that is retried keeps its attempts',
    operations: ({ requeue }) => ({
      requeue: (ids, change) =>
        requeue(ids, (item) => {
          const { attempts, lastAttemptAt } = item;
          const next = change(item);
          return next && { ...next, attempts, lastAttemptAt };
        }),
    }),
  },
  purgedWithoutMark: {
    title: 'a purge leaves no mark on the tweet',
    operations: ({ abandon }, { tweets }) => ({
      async abandon(ids, at, may) {
        const given = abandon(ids, at, may);
        for (const id of ids) delete tweets.get(id)?.givenUpAt;
        return await given;
      },
    }),
  },
  purgedUnread: {
    title: 'a purge gives up tweets that are not in the queue any more',
    operations: ({ abandon }, { tweets }) => ({
      async abandon(ids, at, may) {
        for (const id of ids) Object.assign(tweets.get(id) ?? {}, { givenUpAt: at });
        return await abandon(ids, at, may);
      },
    }),
  },
  republishForgets: {
    title: 'a republished tweet is not queued',
    operations: ({ queueAgain }, { queue }) => ({
      async queueAgain(id, toItem, change) {
        const had = queue.has(id);
        await queueAgain(id, toItem, change);
        if (!had) queue.delete(id);
      },
    }),
  },
};
