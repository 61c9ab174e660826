import type { Client } from '../../client/client.ts';
import { addsText } from '../../functions/src/tweets/text.ts';
import type { ArchivedTweet } from './likes.ts';

/** The stored fields that an archive can fill in, by tweet ID. */
export type Stored = Map<string, { tweetText: string | null; hasUrl: boolean }>;

/** Reads the user's tweets from the service. */
export async function readStored(client: Pick<Client, 'exportTweets'>, signal: AbortSignal): Promise<Stored> {
  const stored: Stored = new Map();
  for await (const { tweetId, tweetText, tweetUrl } of client.exportTweets({ signal })) {
    stored.set(tweetId, { tweetText: tweetText ?? null, hasUrl: tweetUrl != null });
  }
  return stored;
}

export type Worth = 'new' | 'enriching' | 'duplicate';

/** The effect of sending a tweet. An archive may have fields that a stored tweet lacks. */
export function worthOf({ tweetId, tweetText, tweetUrl }: ArchivedTweet, stored: Stored): Worth {
  const known = stored.get(tweetId);
  if (!known) return 'new';
  const isMore = addsText(known.tweetText, tweetText ?? null) || (tweetUrl !== undefined && !known.hasUrl);
  return isMore ? 'enriching' : 'duplicate';
}
