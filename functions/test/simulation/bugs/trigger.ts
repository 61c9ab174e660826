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
            Object.assign(tweet, { status: 'queued', pendingSince: null });
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
        ? withTweets(services, { enqueue: (item) => services.outbox.enqueue(item).catch(() => {}) })
        : services,
  },
  lateTrigger: {
    title: 'the trigger marks as published whatever has become of the tweet meanwhile',
    store: ({ tweets }) => ({
      async markPublished(id, messageId, at) {
        const published = { status: 'published', messageId, publishedAt: at, pendingSince: null };
        Object.assign(tweets.get(id) ?? {}, published);
      },
    }),
  },
  statusForgotten: {
    title: 'the trigger queues the tweet, whose status goes on to say that it is captured',
    store: ({ tweets, enqueue }) => ({
      async enqueue(item) {
        const status = tweets.get(item.id)?.status;
        await enqueue(item);
        Object.assign(tweets.get(item.id) ?? {}, { status });
      },
    }),
  },
  lateTriggerQueues: {
    title: 'the trigger queues the tweet whatever has become of it meanwhile',
    store: ({ tweets, queue }) => ({
      async enqueue(item) {
        Object.assign(tweets.get(item.id) ?? {}, { status: 'queued', pendingSince: null });
        queue.set(item.id, item);
      },
    }),
  },
};
