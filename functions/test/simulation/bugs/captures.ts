import { type Bug, withTweets } from './bug.ts';

/** What a capture may get wrong. */
export const captures: Record<string, Bug> = {
  ownDuplicate: {
    title: 'a capture takes its own lost write for a duplicate',
    store: ({ tweets, create }) => ({
      create: async (capture) => (tweets.has(capture.id) ? 'duplicate' : await create(capture)),
    }),
  },
  overwritingCapture: {
    title: 'a second capture of a tweet overwrites the first',
    store: ({ tweets }) => ({
      async create(capture) {
        const state = { messageId: null, publishedAt: null, pendingSince: capture.createdAt };
        tweets.set(capture.id, { ...capture, status: 'captured', ...state });
        return 'created';
      },
    }),
  },
  hastyAnswer: {
    title: 'a capture is acknowledged before it is stored',
    services: (services) =>
      withTweets(services, {
        async create(capture) {
          services.tweets.create(capture).catch(() => {});
          return 'created';
        },
      }),
  },
};
