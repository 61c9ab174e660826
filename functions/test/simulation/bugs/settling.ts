import type { QueueItem } from '../../../src/delivery/queueItem.ts';
import type { Stored } from '../world.ts';
import { type Bug, withTweets } from './bug.ts';

/** What the retry run may get wrong when it writes down what became of items. */
export const settling: Record<string, Bug> = {
  settledInTwo: {
    title: 'the tweet is marked as published, and the queue document deleted in a second commit',
    services: (services, { stored, commit }) =>
      withTweets(services, {
        async settlePublished(published, at) {
          await commit('settlePublished', [published], () => markAll(stored, published, at));
          await commit('settlePublished', [published], () => {
            for (const { item } of published) stored.queue.delete(item.id);
          });
        },
      }),
  },
  rowLeft: {
    title: 'the queue document of a published tweet is not deleted',
    store: (stored) => ({ settlePublished: async (published, at) => markAll(stored, published, at) }),
  },
  deadLetterDropped: {
    title: 'a dead letter is deleted from the queue',
    store: ({ queue, settleFailed }) => ({
      async settleFailed(items) {
        const settled = settleFailed(items);
        for (const { id, status } of items) if (status === 'failed') queue.delete(id);
        await settled;
      },
    }),
  },
  lateSettle: {
    title: 'a run that outlived its claim overwrites the newer one',
    store: ({ queue }) => ({
      async settleFailed(items) {
        for (const item of items)
          if (queue.get(item.id)?.status === 'retrying') queue.set(item.id, item as QueueItem);
      },
    }),
  },
  revived: {
    title: 'a failed attempt is written back though the item has left the queue',
    store: ({ queue }) => ({
      async settleFailed(items) {
        for (const item of items) queue.set(item.id, item as QueueItem);
      },
    }),
  },
};

function markAll(
  { tweets }: Stored,
  published: { item: { id: string }; messageId: string }[],
  at: Date,
): void {
  for (const { item, messageId } of published)
    Object.assign(tweets.get(item.id) ?? {}, {
      status: 'published',
      messageId,
      publishedAt: at,
      pendingSince: null,
    });
}
