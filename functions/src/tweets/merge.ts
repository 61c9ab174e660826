import { addsText } from './text.ts';
import type { Capture, CaptureOutcome, StoredTweet, TweetFields } from './tweet.ts';

/** The outcome of a capture whose tweet is stored already. `enriched` is the tweet to store, if the capture added to it. */
export interface MergeResult {
  outcome: CaptureOutcome;
  enriched?: StoredTweet;
}

/**
 * Merges a capture into the stored tweet, or into null if the tweet was deleted. A capture adds the fields that are unknown
 * so far. A known field never changes, except a shortened text that is the beginning of the new one. An enriched tweet has
 * to be published again, unless an operator has abandoned it. If the stored tweet was written by this very capture, the
 * outcome is the one of that write.
 */
export function mergeCapture(stored: StoredTweet | null, capture: Capture): MergeResult {
  if (!stored) return { outcome: 'duplicate' };
  if (stored.operationId === capture.operationId) return { outcome: 'created' };
  if (stored.enrichedBy === capture.operationId) return { outcome: 'enriched' };
  const added = missing(stored.fields, capture.fields);
  if (Object.keys(added).length === 0) return { outcome: 'duplicate' };

  const enriched: StoredTweet = {
    ...stored,
    fields: { ...stored.fields, ...added },
    revision: (stored.revision ?? 1) + 1,
    enrichedBy: capture.operationId,
    requestId: capture.requestId,
  };
  if (stored.givenUpAt) return { outcome: 'enriched', enriched };
  const undelivered = { status: 'queued', messageId: null, publishedAt: null, pendingSince: null } as const;
  return { outcome: 'enriched', enriched: { ...enriched, ...undelivered } };
}

const isKnown = (value: unknown) => value !== null && value !== undefined;

/** Returns the fields that `given` adds. False and the empty text are known; a notice of X is not a text. */
function missing(stored: TweetFields, given: TweetFields): Partial<TweetFields> {
  const had = new Map<string, unknown>(Object.entries(stored));
  return Object.fromEntries(
    Object.entries(given).filter(([field, value]) =>
      field === 'tweetText'
        ? addsText(stored.tweetText, given.tweetText)
        : isKnown(value) && !isKnown(had.get(field)),
    ),
  );
}
