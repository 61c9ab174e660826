import { z } from 'zod';
import type { Brakes } from '../brakes/brakes.ts';
import { dateTime } from '../http/dateTime.ts';

/** In Unicode code points; of a text that is far too long only that. */
const sizeOf = (value: string, most: number) => (value.length > 2 * most ? most + 1 : [...value].length);

const text = (min: number, max: number) =>
  z
    .string()
    .refine((value) => value.isWellFormed(), 'must not contain a lone surrogate')
    .refine((value) => sizeOf(value, max) >= min, `must have at least ${min} character`)
    .refine((value) => sizeOf(value, max) <= max, `must have at most ${max} characters`)
    .meta({ minLength: min, maxLength: max });

/** Of any time: the first tweets have few digits. */
const anyId = z.string().regex(/^[0-9]{1,20}$/, 'must be 1 to 20 digits, as a string');
const tweetText = text(0, 5000);
const authorUsername = text(1, 50);

const optional = {
  tweetUrl: z
    .string()
    .max(2048, 'must have at most 2048 characters')
    .regex(/^[Hh][Tt]{2}[Pp][Ss]?:\/\/[^\s\p{Cc}\p{Cs}]+$/u, 'must be an http(s) URL')
    .refine((value) => URL.canParse(value), 'must be an http(s) URL')
    // Not every dialect of patterns knows \p.
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

/** A liked tweet as it is stored, and as consumers get it: what is null or absent is not known. */
export const storedTweetFields = z
  .object({
    tweetId: anyId,
    tweetText: tweetText.nullable(),
    authorUsername: authorUsername.nullable(),
    ...optional,
    ...flags(z.boolean().optional()),
  })
  .meta({ id: 'KeptTweet', description: 'A field that is null or absent is unknown', examples: [example] });

/** A liked tweet as an archive has it, often little more than its id. */
export const archivedTweetFields = storedTweetFields
  .extend({
    tweetText: tweetText.nullable().default(null),
    authorUsername: authorUsername.nullable().default(null),
  })
  .meta({ id: 'ArchivedTweet', examples: [{ tweetId: '20', tweetText: 'just setting up my twttr' }] });

export type TweetFields = z.output<typeof storedTweetFields>;

/** Where a tweet was first captured from. */
export const source = z.enum(['chrome-extension', 'archive'], 'must be chrome-extension or archive');
export type Source = z.output<typeof source>;

/** One acknowledged like, as `capture` writes it. */
export interface Capture {
  /** `<userId>_<tweetId>`: the document id, and the key that consumers deduplicate on. */
  id: string;
  userId: string;
  fields: TweetFields;
  source: Source;
  requestId: string;
  /** Made by us for this one capture: by it a write whose answer was lost is recognised as our own. */
  operationId: string;
  createdAt: Date;
  /** Publishing was paused at the capture. The trigger learns it from here, which spares it a read. */
  heldBack?: true;
}

/** Of a duplicate. */
export const enriched = z.literal(true).optional().meta({
  description:
    'The capture added fields to the stored tweet. It is published again as the next revision, unless an operator has abandoned it',
});

/** `enriched`: it was stored already, with less. */
export type CaptureOutcome = 'created' | 'enriched' | 'duplicate';

/** Where a tweet is on its way to Pub/Sub; `failed` is a dead letter, or one that was given up. */
export const tweetStatus = z.enum(['captured', 'published', 'queued', 'failed']);
export type TweetStatus = z.output<typeof tweetStatus>;

/** A capture and how far it has come. The request id is that of its last revision. */
export interface StoredTweet extends Capture {
  /** Counted up whenever a later capture adds what was not known; absent for the first. */
  revision?: number;
  /** The operation id of the capture that made the last revision. */
  enrichedBy?: string;
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

/** The tweet that a document is about, whatever it holds. */
export const tweetIdOf = (id: string) => id.slice(id.indexOf('_') + 1);

/** A user name as lists are filtered by it: without an @, and in lower case, since X ignores the case of user names. */
export const comparableAuthor = (userName: string) => userName.replace(/^@/, '').toLowerCase();

/** The author that lists find a tweet by; null where it is not known. */
export const authorOf = ({ authorUsername }: TweetFields) =>
  authorUsername && comparableAuthor(authorUsername);

/** What a capture says of paused publishing. */
export const holdIfPaused = async (brakes: Brakes): Promise<Pick<Capture, 'heldBack'>> =>
  (await brakes.isPaused('publishing')) ? { heldBack: true } : {};

export function newCapture(capture: Omit<Capture, 'id'>): Capture {
  return { ...capture, id: captureId(capture.userId, capture.fields.tweetId) };
}
