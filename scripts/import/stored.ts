import type { Client } from '../../client/client.ts';
import { addsText } from '../../functions/src/tweets/text.ts';
import type { ArchivedTweet } from './likes.ts';

/** What is stored of what an archive could fill in, by tweet id. */
export type Stored = Map<string, { tweetText: string | null; hasUrl: boolean }>;

/** The tweets that the service has of this user. */
export async function readStored(client: Pick<Client, 'exportTweets'>, signal: AbortSignal): Promise<Stored> {
  const stored: Stored = new Map();
  for await (const { tweetId, tweetText, tweetUrl } of client.exportTweets({ signal })) {
    stored.set(tweetId, { tweetText: tweetText ?? null, hasUrl: tweetUrl != null });
  }
  return stored;
}

export type Worth = 'new' | 'enriching' | 'duplicate';

/** What sending a tweet would do: an archive may know what was not known when the tweet was stored. */
export function worthOf({ tweetId, tweetText, tweetUrl }: ArchivedTweet, stored: Stored): Worth {
  const known = stored.get(tweetId);
  if (!known) return 'new';
  const isMore = addsText(known.tweetText, tweetText ?? null) || (tweetUrl !== undefined && !known.hasUrl);
  return isMore ? 'enriching' : 'duplicate';
}
