import { z } from 'zod';
import { type StoredTweet, source, storedTweetFields, tweetStatus } from './tweet.ts';

const time = z.iso.datetime();

/** A tweet as the API returns it: its content and its delivery state. */
export const tweetResponse = storedTweetFields
  .extend({
    source,
    status: tweetStatus,
    messageId: z.string().nullable(),
    createdAt: time.meta({ description: 'The time of the capture' }),
    publishedAt: time.nullable(),
  })
  .meta({
    id: 'CapturedTweet',
    examples: [
      {
        tweetId: '1790000000000000001',
        tweetText: 'Hello, world',
        authorUsername: 'someone',
        isReply: false,
        isRetweet: false,
        isQuoteTweet: false,
        isThread: false,
        hasImage: true,
        hasVideo: false,
        hasLink: false,
        source: 'chrome-extension',
        status: 'published',
        messageId: 'projects/tweets/topics/tweet-likes-raw/messages/17',
        createdAt: '2026-03-01T12:00:00.000Z',
        publishedAt: '2026-03-01T12:00:00.120Z',
      },
    ],
  });

export function toTweetResponse({ fields, source, status, messageId, createdAt, publishedAt }: StoredTweet) {
  const times = { createdAt: createdAt.toISOString(), publishedAt: publishedAt?.toISOString() ?? null };
  return { ...fields, source, status, messageId, ...times };
}
