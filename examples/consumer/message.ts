/** The parts of a message that this consumer uses. */
export interface Received {
  /** Identifies the tweet; equal in all its messages. */
  dedupeKey: string;
  /** Grows when the tweet is enriched; 1 if the message has none. */
  revision: number;
  tweet: { tweetId: string; authorUsername: string | null; tweetText: string | null };
}

/** Throws if it is not a message of this topic. */
export function readMessage(message: { data: Buffer; attributes: Record<string, string> }): Received {
  const { dedupeKey, revision = '1' } = message.attributes;
  const { data: tweet } = JSON.parse(message.data.toString('utf8'));
  if (!dedupeKey || !/^[1-9][0-9]{0,8}$/.test(revision) || typeof tweet?.tweetId !== 'string') {
    throw new Error('The message lacks a valid dedupeKey, revision or tweetId.');
  }
  return { dedupeKey, revision: Number(revision), tweet };
}
