import type { Brakes } from '../brakes/brakes.ts';
import { PublishError } from '../core/errors.ts';
import type { Clock, Log } from '../core/runtime.ts';
import type { TweetStore } from '../tweets/ports.ts';
import { FRESH_EVENT_MS } from './policy.ts';
import type { CreatedTweet, Outbox, Publisher } from './ports.ts';
import { newQueueItem, toMessage } from './queueItem.ts';

export interface PublishServices {
  tweets: TweetStore;
  outbox: Outbox;
  breakerPublisher: Publisher;
  brakes: Brakes;
  clock: Clock;
  log: Log;
}

/**
 * Publishes a new tweet, or queues it if Pub/Sub does not accept it. Rejects only if the result cannot be stored, so that
 * the platform delivers the event again. Ignores a tweet that is no longer pending. A recent event is published from its
 * payload, which saves a read.
 */
export async function publishTweet(
  id: string,
  services: PublishServices,
  created?: CreatedTweet,
): Promise<void> {
  const { tweets, outbox, breakerPublisher, brakes, clock, log } = services;
  const isFresh = created && clock.now().getTime() < created.at.getTime() + FRESH_EVENT_MS;
  // An event without a pending tweet does not show the current state.
  const tweet = isFresh && created.tweet.pendingSince ? created.tweet : await tweets.read(id);
  if (!tweet || tweet.pendingSince === null) return;
  const { requestId } = tweet;

  const queue = async (reason: string) => {
    await outbox.enqueue(newQueueItem(tweet, reason, clock.now()));
    log('WARNING', 'tweet_queued', { id, requestId, reason });
  };
  // A recent tweet carries whether publishing was paused at its capture. For an older one, another read does not
  // matter.
  if (tweet.heldBack || (!isFresh && (await brakes.isPaused('publishing')))) {
    return await queue('Publishing is paused');
  }

  let messageId: string;
  try {
    [messageId] = (await breakerPublisher.publish([toMessage(tweet)])) as [string];
  } catch (error) {
    if (!(error instanceof PublishError)) throw error;
    return await queue(error.message);
  }
  await outbox.markPublished(id, messageId, clock.now(), created?.version);
  log('INFO', 'tweet_published', { id, requestId, messageId });
}
