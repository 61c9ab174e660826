import { z } from 'zod';
import { type StoredTweet, tweet, tweetStatus } from './tweet.ts';

const time = z.iso.datetime();

/** A tweet as its owner sees it: what was captured, and what has become of it. */
export const item = tweet.extend({
  status: tweetStatus,
  messageId: z.string().nullable(),
  createdAt: time.meta({ description: 'The time of the capture' }),
  publishedAt: time.nullable(),
});

export function toItem({ tweet, status, messageId, createdAt, publishedAt }: StoredTweet) {
  const times = { createdAt: createdAt.toISOString(), publishedAt: publishedAt?.toISOString() ?? null };
  return { ...tweet, status, messageId, ...times };
}
