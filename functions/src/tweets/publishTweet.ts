import { TUNING } from '../config.ts';
import { PublishFailure } from '../failures.ts';
import type { CreatedTweet, Services } from '../ports.ts';
import { toMessage, toQueueItem } from './delivery.ts';

/**
 * What the trigger does with a new tweet: publish it, or queue it. Rejects only where neither could be written,
 * so that the platform delivers the event again; a tweet that has an outcome by then is left alone. An event of the
 * last seconds is taken at its word, which spares a read.
 */
export async function publishTweet(id: string, services: Services, created?: CreatedTweet): Promise<void> {
  const { tweets, impatientPublisher, clock, log } = services;
  const isFresh = created && clock.now().getTime() < created.at.getTime() + TUNING.eventFreshMs;
  // An event that does not show a pending tweet says nothing.
  const tweet = isFresh && created.tweet.pendingSince ? created.tweet : await tweets.read(id);
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
  await tweets.markPublished(id, messageId, clock.now(), created?.version);
  log('INFO', 'tweet_published', { id, requestId, messageId });
}
