import type { ListPosition } from '../http/page.ts';
import type { Capture, CaptureOutcome, StoredTweet, TweetStatus } from './tweet.ts';

/**
 * The stored tweets. Each write is one commit. If Firestore does not say whether a commit was applied, the call is
 * repeated: a method that finds its own write answers as it would have the first time.
 */
export interface TweetStore {
  /**
   * Stores a new tweet as captured. If the tweet is stored already, merges the capture into it (see `mergeCapture`); a merge that
   * adds something also queues the tweet, unless an operator has abandoned it.
   */
  create(capture: Capture): Promise<CaptureOutcome>;
  /**
   * Does the same for many captures of different tweets, each in its own write. The outcomes are in the same order.
   * Rejects if one cannot be written; the others may be stored.
   */
  createAll(captures: Capture[]): Promise<CaptureOutcome[]>;
  /** Null if there is no such tweet, or if it was deleted. */
  read(id: string): Promise<StoredTweet | null>;
  /** Resolves when the tweet is no longer pending; with null if it does not exist or if `signal` aborts first. */
  waitUntilSettled(id: string, signal: AbortSignal): Promise<StoredTweet | null>;
  /** Deletes a tweet and its queue item, and leaves a tombstone so that it is not captured again. */
  remove(id: string, at: Date): Promise<'deleted' | 'unknown'>;
}

export interface TweetFilters {
  status?: TweetStatus | undefined;
  /** As `comparableAuthor` returns it. */
  author?: string | undefined;
  /** Inclusive. */
  from?: Date | undefined;
  /** Exclusive. */
  to?: Date | undefined;
}

/** A user's tweets, the latest captured first. */
export interface TweetLists {
  /** Reads at most `limit` documents, however many are stored. */
  tweets(
    userId: string,
    filters: TweetFilters,
    limit: number,
    after: ListPosition | null,
  ): Promise<StoredTweet[]>;
  /** All tweets after a place. They are read while they are consumed, so only a few are in memory at a time. */
  everyTweet(userId: string, filters: TweetFilters, after: ListPosition | null): AsyncIterable<StoredTweet>;
  /** The number of those tweets. Reads one document for every 1,000. */
  count(userId: string, filters: TweetFilters, after: ListPosition | null): Promise<number>;
}
