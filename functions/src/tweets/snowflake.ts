/** Of 2010-11-04: ids before it were counted up, and tell no time. */
const FIRST_SNOWFLAKE = 29_700_859_247n;
const EPOCH_MS = 1_288_834_974_657n;

/** When a tweet was posted (ISO 8601, UTC), by the time in its id; null for an id that has none, or one after `now`. */
export function postedAt(tweetId: string, now: Date): string | null {
  const id = BigInt(tweetId);
  if (id < FIRST_SNOWFLAKE) return null;
  const time = Number((id >> 22n) + EPOCH_MS);
  return time <= now.getTime() ? new Date(time).toISOString() : null;
}
