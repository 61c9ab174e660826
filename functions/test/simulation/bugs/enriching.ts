import type { QueueItem } from '../../../src/delivery/queueItem.ts';
import { newEnrichedItem } from '../../../src/delivery/queueItem.ts';
import { mergeCapture } from '../../../src/tweets/merge.ts';
import type { Capture, StoredTweet, TweetFields } from '../../../src/tweets/tweet.ts';
import type { Stored } from '../world.ts';
import { type Bug, withTweets } from './bug.ts';

/** What a capture may get wrong that knows more of a tweet than is stored. */
export const enriching: Record<string, Bug> = {
  enrichmentOverwrites: {
    title: 'an enrichment overwrites what is there',
    store: (stored) => ({
      async create(capture) {
        const outcome = await stored.create(capture);
        if (outcome === 'enriched') overwrite(stored, capture);
        return outcome;
      },
    }),
  },
  enrichedWithoutItem: {
    title: 'an enrichment writes the tweet, and leaves the queue as it was',
    store: ({ create, queue }) => ({
      async create(capture) {
        const item = queue.get(capture.id);
        const outcome = create(capture);
        queue.delete(capture.id);
        if (item) queue.set(capture.id, item);
        return await outcome;
      },
    }),
  },
  enrichedInTwo: {
    title: 'an enrichment writes the tweet, and the queue document in a second commit',
    services: (services, { stored, commit }) =>
      withTweets(services, {
        async create(capture) {
          let item: QueueItem | null = null;
          const outcome = await commit('create', [capture], () => {
            const met = meetStored(stored, capture);
            if (met?.enriched) stored.tweets.set(capture.id, met.enriched);
            item = met?.enriched ? newEnrichedItem(met.enriched, capture.createdAt) : null;
            return met?.outcome;
          });
          if (!outcome) return await services.tweets.create(capture);
          if (item) await commit('create', [capture], () => stored.queue.set(capture.id, item as QueueItem));
          return outcome;
        },
      }),
  },
  enrichedUnread: {
    title: 'what an enrichment adds is decided by a tweet that was read before',
    services: (services, { stored, commit }) =>
      withTweets(services, {
        async create(capture) {
          const met = await commit('read', [], () => meetStored(stored, capture));
          if (!met) return await services.tweets.create(capture);
          const { outcome, enriched } = met;
          if (!enriched) return outcome;
          return await commit('create', [capture], () => {
            const item = newEnrichedItem(enriched, capture.createdAt);
            stored.tweets.set(capture.id, enriched);
            if (item) stored.queue.set(capture.id, item);
            return outcome;
          });
        },
      }),
  },
  sameRevision: {
    title: 'an enrichment makes no next revision',
    store: ({ create, tweets, queue }) => ({
      async create(capture) {
        const revision = tweets.get(capture.id)?.revision;
        const outcome = await create(capture);
        if (outcome !== 'enriched') return outcome;
        const { revision: _, ...tweet } = tweets.get(capture.id) as StoredTweet;
        tweets.set(capture.id, revision === undefined ? tweet : { ...tweet, revision });
        delete queue.get(capture.id)?.attributes.revision;
        return outcome;
      },
    }),
  },
  ownEnrichment: {
    title: 'a capture takes its own enrichment for that of another',
    store: ({ create, tweets }) => ({
      async create(capture) {
        const isOwn = tweets.get(capture.id)?.enrichedBy === capture.operationId;
        return isOwn ? 'duplicate' : await create(capture);
      },
    }),
  },
  oldRevisionSettled: {
    title: 'a run that published the first revision takes the next one out of the queue',
    store: ({ queue, settlePublished }) => ({
      settlePublished: (published, at) =>
        settlePublished(
          published.map(({ item, messageId }) => ({ item: queue.get(item.id) ?? item, messageId })),
          at,
        ),
    }),
  },
};

/** What is to be written where the tweet is there; null where it is not. */
function meetStored({ tweets, deleted }: Stored, capture: Capture) {
  if (!tweets.has(capture.id) && !deleted.has(capture.id)) return null;
  return mergeCapture(structuredClone(tweets.get(capture.id) ?? null), capture);
}

function overwrite({ tweets, queue }: Stored, { id, fields }: Capture): void {
  const given = Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== null && value !== undefined),
  );
  const [stored, item] = [tweets.get(id), queue.get(id)];
  if (stored) stored.fields = { ...stored.fields, ...given } as TweetFields;
  if (item && stored) item.data = stored.fields;
}
