import { Timestamp } from './firestore.mjs';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
let stored = 0;

/** A stored tweet that waits in the queue, with the ID of both documents. */
export function queuedTweet({ userId, nextTweet }) {
  const tweet = nextTweet();
  const { tweetId, authorUsername: author } = tweet;
  const createdAt = Timestamp.fromMillis(Date.now() - DAY_MS - stored++);
  return {
    id: `${userId}_${tweetId}`,
    ...{ userId, tweetId, author, rawData: tweet, status: 'queued', createdAt },
    ...{ operationId: 'bench', requestId: 'bench-bench', pubsubMessageId: null, publishedAt: null },
  };
}

/** The queue item of a stored tweet. It is due. */
export function queueItem({ userId, tweetId, rawData, createdAt, requestId }) {
  const due = Timestamp.fromMillis(Date.now() - MINUTE_MS);
  const attributes = {
    userId,
    tweetId,
    dedupeKey: `${userId}_${tweetId}`,
    requestId,
    captureDate: createdAt.toDate().toISOString().slice(0, 10),
    source: 'chrome-extension',
    version: '1.0.0',
  };
  return {
    ...{ userId, tweetData: rawData, attributes, status: 'pending', attempts: 0, nextAttemptAt: due },
    ...{ lastAttemptAt: null, errorMessage: 'Pub/Sub answered 503', createdAt, updatedAt: due },
  };
}
