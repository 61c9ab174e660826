import type { Clock } from '../core/runtime.ts';
import type { TweetStore } from './ports.ts';
import type { StoredTweet } from './tweet.ts';

/** Resolves with the tweet when the trigger has published or queued it, or with null after `milliseconds`. */
export async function waitForOutcome(
  id: string,
  milliseconds: number,
  { tweets, clock }: { tweets: TweetStore; clock: Clock },
): Promise<StoredTweet | null> {
  if (milliseconds === 0) return null;
  const over = new AbortController();
  const late = clock.sleep(milliseconds, over.signal).then(() => null);
  try {
    return await Promise.race([tweets.waitUntilSettled(id, over.signal), late]);
  } finally {
    over.abort();
  }
}
