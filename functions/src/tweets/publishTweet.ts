import { PublishFailure } from '../failures.ts';
import type { Services } from '../ports.ts';
import { toMessage, toQueueItem } from './delivery.ts';

/**
 * What the trigger does with a new tweet: publish it, or queue it. Rejects only where neither could be written,
 * so that the platform delivers the event again; a tweet that has an outcome by then is left alone.
 */
export async function publishTweet(id: string, services: Services): Promise<void> {
  const { tweets, impatientPublisher, clock, log } = services;
  const tweet = await tweets.read(id);
  if (!tweet || tweet.pendingSince === null) return;
  const { requestId } = tweet;

  let messageId: string;
  try {
    [messageId] = (await impatientPublisher.publish([toMessage(tweet)])) as [string];
  } catch (error) {
    if (!(error instanceof PublishFailure)) throw error;
    await tweets.enqueue(toQueueItem(tweet, error.message, clock.now()));
    log('WARNING', 'tweet_queued', { id, requestId, reason: error.message });
    return;
  }
  await tweets.markPublished(id, messageId, clock.now());
  log('INFO', 'tweet_published', { id, requestId, messageId });
}
