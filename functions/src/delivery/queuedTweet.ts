import { z } from 'zod';
import { tweetIdOf } from '../tweets/tweet.ts';
import type { QueueState } from './queueItem.ts';

const time = z.iso.datetime();

export const queueStatus = z.enum(
  ['pending', 'retrying', 'failed'],
  'must be one of pending, retrying, failed',
);

/** A queue item as the API returns it to its owner. */
export const queueItemResponse = z.object({
  tweetId: z.string(),
  status: queueStatus,
  attempts: z.int(),
  nextAttemptAt: time.nullable(),
  lastError: z.string().nullable().meta({ description: 'The reason of the last failure' }),
  createdAt: time.meta({ description: 'The time at which the tweet was queued' }),
});

export function toQueueItemResponse({
  id,
  status,
  attempts,
  nextAttemptAt,
  errorMessage,
  createdAt,
}: QueueState) {
  return {
    tweetId: tweetIdOf(id),
    status,
    attempts,
    nextAttemptAt: nextAttemptAt?.toISOString() ?? null,
    lastError: errorMessage,
    createdAt: createdAt.toISOString(),
  };
}
