import type { Services } from '../../../src/app/services.ts';
import type { Outbox, QueueOperations } from '../../../src/delivery/ports.ts';
import type { TweetStore } from '../../../src/tweets/ports.ts';
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
  store?(store: ReturnType<typeof memoryTweets>): Partial<TweetStore & Outbox>;
  operations?(operations: QueueOperations, store: ReturnType<typeof memoryTweets>): Partial<QueueOperations>;
  /** In place of the retry of transient errors. */
  retrying?<T>(call: () => Promise<T>): Promise<T>;
  services?(services: Services, tools: Tools): Services;
}

/** The same services with some methods of the tweet store or the outbox replaced. */
export const withTweets = (services: Services, verbs: Partial<TweetStore & Outbox>): Services => ({
  ...services,
  tweets: { ...services.tweets, ...verbs },
  outbox: { ...services.outbox, ...verbs },
});
