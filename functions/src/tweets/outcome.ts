import { TUNING } from '../config.ts';
import type { Services } from '../ports.ts';
import type { StoredTweet } from './tweet.ts';

/**
 * The tweet once the trigger has published or queued it, or null after `milliseconds`. Looks at growing
 * intervals: a read is cheap, and leaves no stream to look after.
 */
export async function waitForOutcome(
  id: string,
  milliseconds: number,
  { tweets, clock }: Services,
): Promise<StoredTweet | null> {
  const until = clock.now().getTime() + milliseconds;
  for (let look = 0; ; look += 1) {
    const left = until - clock.now().getTime();
    if (left <= 0) return null;
    const gap = TUNING.outcomePollMs[look] ?? TUNING.outcomePollMs.at(-1) ?? left;
    await clock.sleep(Math.min(gap, left));
    const tweet = await tweets.read(id);
    if (tweet && tweet.pendingSince === null) return tweet;
  }
}
