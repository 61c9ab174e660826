import { z } from 'zod';

const text = (min: number, max: number) =>
  z
    .string()
    .refine((value) => value.isWellFormed(), 'must not contain a lone surrogate')
    .refine((value) => [...value].length >= min, `must have at least ${min} character`)
    .refine((value) => [...value].length <= max, `must have at most ${max} characters`)
    .meta({ minLength: min, maxLength: max });

const flag = z.boolean().default(false);
const relatedId = z
  .string()
  .regex(/^[0-9]{1,20}$/, 'must be 1 to 20 digits, as a string')
  .nullable()
  .optional();

/** A liked tweet as the extension sends it and as consumers get it. Characters are Unicode code points. */
export const tweet = z
  .object({
    tweetId: z.string().regex(/^[0-9]{15,20}$/, 'must be 15 to 20 digits, as a string'),
    tweetText: text(0, 5000),
    authorUsername: text(1, 50),
    tweetUrl: z
      .string()
      .max(2048, 'must have at most 2048 characters')
      .regex(/^[Hh][Tt]{2}[Pp][Ss]?:\/\/[^\s\p{Cc}\p{Cs}]+$/u, 'must be an http(s) URL')
      .refine((value) => URL.canParse(value), 'must be an http(s) URL')
      // Not every dialect of patterns knows \p.
      .meta({ pattern: '^[Hh][Tt]{2}[Pp][Ss]?://[^\\s]+$' })
      .optional(),
    authorDisplayName: text(0, 200).optional(),
    timestamp: z.iso
      .datetime({ offset: true, error: 'must be an ISO 8601 date-time with offset or Z' })
      .max(40, 'must have at most 40 characters')
      .optional(),
    capturedAt: z.int('must be whole epoch milliseconds').min(0).max(8.64e15).optional(),
    threadId: relatedId,
    parentTweetId: relatedId,
    conversationId: relatedId,
    isReply: flag,
    isRetweet: flag,
    isQuoteTweet: flag,
    isThread: flag,
    hasImage: flag,
    hasVideo: flag,
    hasLink: flag,
  })
  .meta({
    id: 'Tweet',
    examples: [
      {
        tweetId: '1790000000000000001',
        tweetText: 'Hello, world',
        authorUsername: 'someone',
        tweetUrl: 'https://x.com/someone/status/1790000000000000001',
        timestamp: '2026-03-01T11:58:00.000Z',
        isReply: false,
        isRetweet: false,
        isQuoteTweet: false,
        isThread: false,
        hasImage: true,
        hasVideo: false,
        hasLink: false,
      },
    ],
  });

export type Tweet = z.output<typeof tweet>;

/** One acknowledged like, as `capture` writes it. */
export interface Capture {
  /** `<userId>_<tweetId>`: the document id, and the key that consumers deduplicate on. */
  id: string;
  userId: string;
  tweet: Tweet;
  requestId: string;
  /** Made by us for this one capture: by it a write whose answer was lost is recognised as our own. */
  operationId: string;
  createdAt: Date;
}

/** Where a tweet is on its way to Pub/Sub; `failed` is a dead letter, or one that was given up. */
export const tweetStatus = z.enum(['captured', 'published', 'queued', 'failed']);
export type TweetStatus = z.output<typeof tweetStatus>;

/** A capture and how far it has come. */
export interface StoredTweet extends Capture {
  status: TweetStatus;
  /** The full name of the published message; null until then. */
  messageId: string | null;
  publishedAt: Date | null;
  /** Set only while the trigger still owes an outcome. */
  pendingSince: Date | null;
  /** Set only where an operator gave it up: nothing publishes it any more, but an operator who republishes it. */
  givenUpAt?: Date;
}

/** All that is left of a tweet whose owner deleted it, so that it is not captured again. */
export interface DeletedTweet {
  userId: string;
  tweetId: string;
  deletedAt: Date;
}

export const captureId = (userId: string, tweetId: string) => `${userId}_${tweetId}`;

/** A user name as lists are filtered by it: X does not tell user names apart by case. */
export const comparableAuthor = (userName: string) => userName.toLowerCase();

export function newCapture(capture: Omit<Capture, 'id'>): Capture {
  return { ...capture, id: captureId(capture.userId, capture.tweet.tweetId) };
}
