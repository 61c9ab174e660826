import { type QueueItem, toQueueItem } from './delivery.ts';
import { addsText } from './text.ts';
import type { Capture, CaptureOutcome, StoredTweet, Tweet } from './tweet.ts';

/** What a capture comes to where its tweet is stored already, and what is to be written in one commit. */
export interface Meeting {
  outcome: CaptureOutcome;
  enriched?: { tweet: StoredTweet; item: QueueItem | null };
}

/**
 * A capture fills what the stored tweet lacks, and then the tweet is published once more. Nothing that is known ever
 * changes, except a text that was cut off and is a beginning of the one in the capture. One that was given up is filled, and published only if an operator wants it. `stored` is null for a deleted
 * one. A write of this very capture, whose answer got lost, is answered as it would have been then.
 */
export function meet(stored: StoredTweet | null, capture: Capture): Meeting {
  if (!stored) return { outcome: 'duplicate' };
  if (stored.operationId === capture.operationId) return { outcome: 'created' };
  if (stored.enrichedBy === capture.operationId) return { outcome: 'enriched' };
  const added = missing(stored.tweet, capture.tweet);
  if (Object.keys(added).length === 0) return { outcome: 'duplicate' };

  const tweet: StoredTweet = {
    ...stored,
    tweet: { ...stored.tweet, ...added },
    revision: (stored.revision ?? 1) + 1,
    enrichedBy: capture.operationId,
    requestId: capture.requestId,
  };
  if (stored.givenUpAt) return { outcome: 'enriched', enriched: { tweet, item: null } };
  const queued = {
    ...tweet,
    status: 'queued' as const,
    messageId: null,
    publishedAt: null,
    pendingSince: null,
  };
  const item = toQueueItem(queued, 'A later capture knew more of the tweet', capture.createdAt);
  return { outcome: 'enriched', enriched: { tweet: queued, item } };
}

const isKnown = (value: unknown) => value !== null && value !== undefined;

/** What `given` knows and `stored` does not; false and the empty text are known, a notice of X is not. */
function missing(stored: Tweet, given: Tweet): Partial<Tweet> {
  const had = new Map<string, unknown>(Object.entries(stored));
  return Object.fromEntries(
    Object.entries(given).filter(([field, value]) =>
      field === 'tweetText'
        ? addsText(stored.tweetText, given.tweetText)
        : isKnown(value) && !isKnown(had.get(field)),
    ),
  );
}
