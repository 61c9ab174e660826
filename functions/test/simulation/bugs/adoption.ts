import { type Bug, withTweets } from './bug.ts';

/** What the retry run may get wrong about tweets whose trigger did not report. */
export const adoption: Record<string, Bug> = {
  noAdoption: {
    title: 'tweets whose trigger was lost are not recovered',
    store: () => ({ recoverOrphans: async () => 0 }),
  },
  hastyAdoption: {
    title: 'tweets are recovered while their trigger is still at work',
    store: ({ recoverOrphans }) => ({
      recoverOrphans: (_, limit, toItem) => recoverOrphans(new Date(8.64e15), limit, toItem),
    }),
  },
  staleAdoption: {
    title: 'lost tweets are read in one step and recovered in another',
    services: (services, { stored, commit }) =>
      withTweets(services, {
        async recoverOrphans(before, limit, toItem) {
          const lost = await commit('read', [], () =>
            structuredClone([...stored.tweets.values()])
              .filter(({ pendingSince }) => pendingSince && pendingSince <= before)
              .slice(0, limit),
          );
          await commit('recoverOrphans', [before], () => {
            for (const { id } of lost)
              Object.assign(stored.tweets.get(id) ?? {}, { status: 'queued', pendingSince: null });
            for (const tweet of lost) stored.queue.set(tweet.id, toItem(tweet));
          });
          return lost.length;
        },
      }),
  },
};
