/** The first id of 2010-11-04. Earlier ids are sequential and contain no time. */
const FIRST_SNOWFLAKE = 29_700_859_247n;
const EPOCH_MS = 1_288_834_974_657n;

/** Returns when a tweet was posted (ISO 8601, UTC), from its id. Null if the id contains no time, or one after `now`. */
export function postedAt(tweetId: string, now: Date): string | null {
  const id = BigInt(tweetId);
  if (id < FIRST_SNOWFLAKE) return null;
  const time = Number((id >> 22n) + EPOCH_MS);
  return time <= now.getTime() ? new Date(time).toISOString() : null;
}
