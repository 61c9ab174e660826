import type { StoredTweet } from '../../../src/tweets/tweet.ts';
import type { Stored } from '../world.ts';
import { type Bug, withTweets } from './bug.ts';

/** What a deletion may get wrong. */
export const deletions: Record<string, Bug> = {
  deletedInTwo: {
    title: 'a deleted tweet leaves the queue in a second commit',
    services: (services, { stored, commit }) =>
      withTweets(services, {
        async remove(id, at) {
          const isMine = await commit('remove', [id], () => bury(stored, id, at));
          if (isMine) await commit('remove', [id], () => stored.queue.delete(id));
          return isMine ? 'deleted' : 'unknown';
        },
      }),
  },
  forgottenDeletion: {
    title: 'nothing is left of a deleted tweet, so that it can be captured again',
    store: ({ deleted, remove }) => ({
      async remove(id, at) {
        const outcome = remove(id, at);
        deleted.delete(id);
        return await outcome;
      },
    }),
  },
  ownDeletion: {
    title: 'a deletion takes its own lost write for that of another',
    store: ({ deleted, remove }) => ({
      remove: async (id, at) => (deleted.has(id) ? 'unknown' : await remove(id, at)),
    }),
  },
  raised: {
    title: 'a publish that was under way brings a deleted tweet back',
    store: ({ tweets, deleted, remove, markPublished }) => {
      const buried = new Map<string, StoredTweet | undefined>();
      return {
        async remove(id, at) {
          buried.set(id, tweets.get(id));
          return await remove(id, at);
        },
        async markPublished(id, messageId, at) {
          const tweet = buried.get(id);
          if (!tweet) return await markPublished(id, messageId, at);
          deleted.delete(id);
          tweets.set(id, { ...tweet, status: 'published', messageId, publishedAt: at, pendingSince: null });
        },
      };
    },
  },
};

function bury({ tweets, deleted }: Stored, id: string, at: Date): boolean {
  const tweet = tweets.get(id);
  if (tweet) deleted.set(id, { userId: tweet.userId, tweetId: tweet.fields.tweetId, deletedAt: at });
  tweets.delete(id);
  return Number(deleted.get(id)?.deletedAt) === Number(at);
}
