import { z } from 'zod';
import type { Brakes } from '../brakes/brakes.ts';
import { dateTime } from '../http/dateTime.ts';

/** Returns the length in code points. Returns `most + 1` without counting if the text is far too long. */
const sizeOf = (value: string, most: number) => (value.length > 2 * most ? most + 1 : [...value].length);

const text = (min: number, max: number) =>
  z
    .string()
    .refine((value) => value.isWellFormed(), 'must not contain a lone surrogate')
    .refine((value) => sizeOf(value, max) >= min, `must have at least ${min} character`)
    .refine((value) => sizeOf(value, max) <= max, `must have at most ${max} characters`)
    .meta({ minLength: min, maxLength: max });

/** The ids of the first tweets have few digits. */
const anyId = z.string().regex(/^[0-9]{1,20}$/, 'must be 1 to 20 digits, as a string');
const tweetText = text(0, 5000);
const authorUsername = text(1, 50);

const optional = {
  tweetUrl: z
    .string()
    .max(2048, 'must have at most 2048 characters')
    .regex(/^[Hh][Tt]{2}[Pp][Ss]?:\/\/[^\s\p{Cc}\p{Cs}]+$/u, 'must be an http(s) URL')
    .refine((value) => URL.canParse(value), 'must be an http(s) URL')
    // Some regular expression dialects do not support \p.
    .meta({ pattern: '^[Hh][Tt]{2}[Pp][Ss]?://[^\\s]+$' })
    .optional(),
  authorDisplayName: text(0, 200).optional(),
  timestamp: dateTime({ maxLength: 40 }).optional(),
  capturedAt: z.int('must be whole epoch milliseconds').min(0).max(8.64e15).optional(),
  threadId: anyId.nullable().optional(),
  parentTweetId: anyId.nullable().optional(),
  conversationId: anyId.nullable().optional(),
};

const flags = <F>(flag: F) => ({
  isReply: flag,
  isRetweet: flag,
  isQuoteTweet: flag,
  isThread: flag,
  hasImage: flag,
  hasVideo: flag,
  hasLink: flag,
});

const example = {
  tweetId: '1790000000000000001',
  tweetText: 'Hello, world',
  authorUsername: 'someone',
  tweetUrl: 'https://x.com/someone/status/1790000000000000001',
  timestamp: '2026-03-01T11:58:00.000Z',
  ...flags(false),
  hasImage: true,
};

/** A liked tweet as the extension sends it. Characters are Unicode code points. */
export const liveTweetFields = z
  .object({
    tweetId: z.string().regex(/^[0-9]{15,20}$/, 'must be 15 to 20 digits, as a string'),
    tweetText,
    authorUsername,
    ...optional,
    ...flags(z.boolean().default(false)),
  })
  .meta({ id: 'Tweet', examples: [example] });

/** A liked tweet as it is stored and published. A field that is null or absent is unknown. */
export const storedTweetFields = z
  .object({
    tweetId: anyId,
    tweetText: tweetText.nullable(),
    authorUsername: authorUsername.nullable(),
    ...optional,
    ...flags(z.boolean().optional()),
  })
  .meta({ id: 'KeptTweet', description: 'A field that is null or absent is unknown', examples: [example] });

/** A liked tweet from an archive, which often has little more than its id. */
export const archivedTweetFields = storedTweetFields
  .extend({
    tweetText: tweetText.nullable().default(null),
    authorUsername: authorUsername.nullable().default(null),
  })
  .meta({ id: 'ArchivedTweet', examples: [{ tweetId: '20', tweetText: 'just setting up my twttr' }] });

export type TweetFields = z.output<typeof storedTweetFields>;

/** The source of the first capture of a tweet. */
export const source = z.enum(['chrome-extension', 'archive'], 'must be chrome-extension or archive');
export type Source = z.output<typeof source>;

/** One capture of a liked tweet. */
export interface Capture {
  /** `<userId>_<tweetId>`: the document id and the deduplication key of consumers. */
  id: string;
  userId: string;
  fields: TweetFields;
  source: Source;
  requestId: string;
  /** Unique for each capture. A repeated write recognizes by it that it was applied already. */
  operationId: string;
  createdAt: Date;
  /** Set if publishing was paused at the capture. It saves the trigger a read. */
  heldBack?: true;
}

/** Set on a duplicate that added fields. */
export const enriched = z.literal(true).optional().meta({
  description:
    'The capture added fields to the stored tweet. It is published again as the next revision, unless an operator has abandoned it',
});

/** `enriched`: the tweet was stored already, and the capture added fields. */
export type CaptureOutcome = 'created' | 'enriched' | 'duplicate';

/** The delivery status of a tweet. `failed` is a dead letter or an abandoned tweet. */
export const tweetStatus = z.enum(['captured', 'published', 'queued', 'failed']);
export type TweetStatus = z.output<typeof tweetStatus>;

/** A capture and its delivery state. The request id is that of the last revision. */
export interface StoredTweet extends Capture {
  /** Incremented when a later capture adds fields; absent for revision 1. */
  revision?: number;
  /** The operation id of the capture that made the last revision. */
  enrichedBy?: string;
  status: TweetStatus;
  /** The full name of the published message; null until then. */
  messageId: string | null;
  publishedAt: Date | null;
  /** Set only until the trigger has published or queued the tweet. */
  pendingSince: Date | null;
  /** Set only if an operator has abandoned the tweet. Only a republish publishes it again. */
  givenUpAt?: Date;
}

/** The tombstone of a deleted tweet, which prevents another capture of it. */
export interface DeletedTweet {
  userId: string;
  tweetId: string;
  deletedAt: Date;
}

export const captureId = (userId: string, tweetId: string) => `${userId}_${tweetId}`;

/** Returns the tweet id of a document id. */
export const tweetIdOf = (id: string) => id.slice(id.indexOf('_') + 1);

/** Normalizes a user name for filters: without @ and in lower case, because X ignores the case of user names. */
export const comparableAuthor = (userName: string) => userName.replace(/^@/, '').toLowerCase();

/** Returns the author that lists filter by; null if it is unknown. */
export const authorOf = ({ authorUsername }: TweetFields) =>
  authorUsername && comparableAuthor(authorUsername);

/** Returns the field of a capture that marks paused publishing. */
export const holdIfPaused = async (brakes: Brakes): Promise<Pick<Capture, 'heldBack'>> =>
  (await brakes.isPaused('publishing')) ? { heldBack: true } : {};

export function newCapture(capture: Omit<Capture, 'id'>): Capture {
  return { ...capture, id: captureId(capture.userId, capture.fields.tweetId) };
}
