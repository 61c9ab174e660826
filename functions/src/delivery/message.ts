import { z } from 'zod';
import { source, storedTweetFields } from '../tweets/tweet.ts';

/** Pub/Sub attributes: strings only. */
export const attributes = z.object({
  userId: z.uuid(),
  captureDate: z.iso.date().meta({ description: 'The date of the capture in UTC' }),
  source,
  version: z.literal('1.0.0'),
  tweetId: storedTweetFields.shape.tweetId,
  dedupeKey: z.string().meta({
    description: 'Equal for every copy and revision of a message. Delivery is at least once',
  }),
  requestId: z
    .string()
    .regex(/^[A-Za-z0-9_-]{8,128}$/)
    .meta({ description: 'The X-Request-Id of the capture that made this revision' }),
  revision: z
    .string()
    .regex(/^([2-9]|[1-9][0-9])$/)
    .optional()
    .meta({ description: 'From 2: a later capture has added fields. Absent for the first revision' }),
});

/** The published message: this object as UTF-8 JSON. The Pub/Sub message has the same attributes. */
export const message = z.object({ data: storedTweetFields, attributes }).meta({
  title: 'Tweet Capture message',
  description: 'The data of a Pub/Sub message as UTF-8 JSON. The message carries the same attributes.',
});

/** The size of a message as JSON in UTF-8, in bytes. */
export const messageBytes = ({ data, attributes }: { data: unknown; attributes: unknown }): number =>
  Buffer.byteLength(JSON.stringify({ data, attributes }));

/** Returns an upper bound of a message's size in a publish request: its JSON in Base64, its attributes, and the framing. */
export const encodedBytes = (message: { data: unknown; attributes: unknown }): number =>
  Math.ceil(messageBytes(message) / 3) * 4 + Buffer.byteLength(JSON.stringify(message.attributes)) + 100;
