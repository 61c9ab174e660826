import type { QueueOperations, Services, TweetStore } from '../../../src/ports.ts';
import type { memoryTweets } from '../../support/memory/tweets.ts';
import type { Kind, Stored } from '../world.ts';

interface Tools {
  kind: Kind;
  stored: Stored;
  /** A commit of its own, under the name of the verb it belongs to. */
  commit: <T>(verb: string, args: unknown[], effect: () => T) => Promise<T>;
}

/** A deliberate mistake: verbs of the store, which stay one commit each, or ports as the processes see them. */
export interface Bug {
  title: string;
  store?(store: ReturnType<typeof memoryTweets>): Partial<TweetStore>;
  operations?(operations: QueueOperations, store: ReturnType<typeof memoryTweets>): Partial<QueueOperations>;
  /** In place of the retry of transient errors. */
  retrying?<T>(call: () => Promise<T>): Promise<T>;
  services?(services: Services, tools: Tools): Services;
}

/** The same services, with some verbs of the tweet store in another way. */
export const withTweets = (services: Services, verbs: Partial<TweetStore>): Services => ({
  ...services,
  tweets: { ...services.tweets, ...verbs },
});
