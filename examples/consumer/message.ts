/** What a message says, as far as this consumer looks at it. */
export interface Received {
  /** The same for every copy of a tweet. */
  dedupeKey: string;
  /** Grows when more becomes known of a tweet; 1 where a message has none. */
  revision: number;
  tweet: { tweetId: string; authorUsername: string | null; tweetText: string | null };
}

/** Throws where it is no message of this topic. */
export function readMessage(message: { data: Buffer; attributes: Record<string, string> }): Received {
  const { dedupeKey, revision = '1' } = message.attributes;
  const { data: tweet } = JSON.parse(message.data.toString('utf8'));
  if (!dedupeKey || !/^[1-9][0-9]{0,8}$/.test(revision) || typeof tweet?.tweetId !== 'string') {
    throw new Error('no dedupeKey, revision or tweetId');
  }
  return { dedupeKey, revision: Number(revision), tweet };
}
