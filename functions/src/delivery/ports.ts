import type { ListPosition } from '../http/page.ts';
import type { StoredTweet } from '../tweets/tweet.ts';
import type { OutboundMessage, QueueItem, QueueState } from './queueItem.ts';

/** A new tweet as the event of its creation describes it. */
export interface CreatedTweet {
  tweet: StoredTweet;
  /** When the document was created. */
  at: Date;
  /** The document's version, for `markPublished`. */
  version: unknown;
}

/**
 * The outbox: pending tweets and the queue of undelivered ones. Each method moves tweets from one state to another in one
 * commit, and changes nothing if a tweet has left the starting state.
 */
export interface Outbox {
  /** captured → published. Saves a read if the tweet still has the given version. */
  markPublished(id: string, messageId: string, at: Date, version?: unknown): Promise<void>;
  /** captured → queued. */
  enqueue(item: QueueItem): Promise<void>;
  /**
   * captured → queued, or failed if `toItem` makes a dead letter. Takes up to `limit` tweets that have been pending since
   * `before` or earlier, and as many as fit into one commit. Returns their number.
   */
  recoverOrphans(before: Date, limit: number, toItem: (tweet: StoredTweet) => QueueItem): Promise<number>;
  /**
   * Claims items that are due at `now`, the oldest first, and stores each as `claim` returns it. Two callers never get the
   * same item. If the first message alone exceeds the limit of bytes, it is claimed alone.
   */
  claimDue(now: Date, limit: ClaimLimit, claim: (item: QueueState) => QueueState): Promise<QueueItem[]>;
  /** queued → published, if the queue still holds the revision that was published. */
  settlePublished(published: { item: QueueState; messageId: string }[], at: Date): Promise<void>;
  /** Stores items after a failed attempt, if the caller still holds their claims. */
  settleFailed(failed: QueueState[]): Promise<void>;
  countDue(now: Date): Promise<number>;
  /** A user's queue items, the latest queued first. Reads at most `limit` documents. */
  listForUser(userId: string, limit: number, after: ListPosition | null): Promise<QueueState[]>;
}

export interface ClaimLimit {
  maxClaimItems: number;
  /** Bytes of the messages together. */
  maxClaimBytes: number;
}

/** The state of all deliveries, of all users. */
export interface Overview {
  /** Captured or queued. */
  undelivered: number;
  /** Since when the oldest of them has been waiting. */
  oldestSince: Date | null;
  deadLetters: number;
  captures: number;
  publishes: number;
  lastCaptureAt: Date | null;
}

export interface QueueFilters {
  status?: QueueItem['status'] | undefined;
  /** Exclusive. */
  before?: Date | undefined;
}

/** Operator's actions on the queue, across all users. Each action is one commit for all its items. */
export interface QueueOperations {
  /** Counts captures and publishes since `since`. Costs some counts and single reads. */
  overview(since: Date): Promise<Overview>;
  /** The latest queued first. Reads at most `limit` documents. */
  list(filters: QueueFilters, limit: number, after: ListPosition | null): Promise<QueueState[]>;
  /** Items due after `at`, the soonest first. Reads at most `limit` documents. */
  waiting(at: Date, limit: number, after: QueueState | null): Promise<QueueState[]>;
  /** queued or failed → queued, as `change` returns each item; skips it if that is null. Returns the number of changes. */
  requeue(ids: string[], change: (item: QueueState) => QueueState | null): Promise<number>;
  /** queued or failed → abandoned, if `may` allows it. Returns the number of abandoned items. */
  abandon(ids: string[], at: Date, may: (item: QueueState) => boolean): Promise<number>;
  /**
   * Any state → queued. An item that is in the queue already is stored as `change` returns it; otherwise `toItem` makes a
   * new one.
   */
  queueAgain(
    id: string,
    toItem: (tweet: StoredTweet) => QueueItem,
    change: (queued: QueueState) => QueueState | null,
  ): Promise<void>;
}

/** Reports dead letters outside the logs. Takes bounded time and never rejects. */
export type Alert = (ids: string[]) => Promise<void>;

export interface Publisher {
  /**
   * Publishes all messages or none. Returns their full resource names, in order. Rejects with a PublishError at the
   * latest when its timeout ends.
   */
  publish(messages: OutboundMessage[]): Promise<string[]>;
}
