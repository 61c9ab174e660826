import { type Bug, withTweets } from './bug.ts';

/** What the trigger may get wrong. */
export const trigger: Record<string, Bug> = {
  queuedInTwo: {
    title: 'the queue document is written after the tweet, in a second commit',
    services: (services, { stored, commit }) =>
      withTweets(services, {
        async enqueue(item) {
          const isMine = await commit('enqueue', [item], () => {
            const tweet = stored.tweets.get(item.id);
            if (!tweet?.pendingSince) return false;
            tweet.pendingSince = null;
            return true;
          });
          if (isMine) await commit('enqueue', [item], () => stored.queue.set(item.id, item));
        },
      }),
  },
  swallowedEnqueue: {
    title: 'the trigger swallows the error of an enqueue that failed',
    services: (services, { kind }) =>
      kind === 'trigger'
        ? withTweets(services, { enqueue: (item) => services.tweets.enqueue(item).catch(() => {}) })
        : services,
  },
  lateTrigger: {
    title: 'the trigger marks as published whatever has become of the tweet meanwhile',
    store: ({ tweets }) => ({
      async markPublished(id, messageId, at) {
        Object.assign(tweets.get(id) ?? {}, { messageId, publishedAt: at, pendingSince: null });
      },
    }),
  },
  lateTriggerQueues: {
    title: 'the trigger queues the tweet whatever has become of it meanwhile',
    store: ({ tweets, queue }) => ({
      async enqueue(item) {
        Object.assign(tweets.get(item.id) ?? {}, { pendingSince: null });
        queue.set(item.id, item);
      },
    }),
  },
};
