import { fitting } from '../portions.ts';
import type { Turn } from '../ports.ts';

/** How many items of a batch each user gets whose turn it is; together they get a third of it. */
export const sharePerUser = (batch: number, turn: string[]): number =>
  turn.length === 0 ? 0 : Math.floor(batch / 3 / turn.length);

/**
 * Chooses a batch of at most `most` bytes: the oldest items in two thirds of it, the shares of the users whose turn it is
 * in a third, at least one item each, and then what comes next.
 */
export function chosen<T>(
  { oldest, shares, next }: { oldest: T[]; shares: T[][]; next: T[] },
  bytesOf: (item: T) => number,
  most: number,
): T[] {
  const forShares = shares.length > 0 ? most / 3 : 0;
  const first = fitting(oldest, bytesOf, most - forShares);
  const shared = shares.flatMap((share) => fitting(share, bytesOf, forShares / shares.length));
  const taken = [...first, ...shared];
  const left = most - taken.reduce((sum, item) => sum + bytesOf(item), 0);
  const rest = [...oldest.slice(first.length), ...next];
  const isFull = rest.length === 0 || bytesOf(rest[0] as T) > left;
  return isFull ? taken : [...taken, ...fitting(rest, bytesOf, left)];
}

/** Looks at up to `limit` users by `next`, which gives the one after another in the order of their ids. */
export async function goRound(
  after: string,
  limit: number,
  next: (after: string) => Promise<{ userId: string; isDue: boolean } | null>,
): Promise<Turn> {
  const seen = new Set<string>();
  const userIds: string[] = [];
  let last = after;
  for (let look = 0; look < limit; look += 1) {
    const found = (await next(last)) ?? (await next(''));
    if (!found || seen.has(found.userId)) break;
    last = found.userId;
    seen.add(last);
    if (found.isDue) userIds.push(last);
  }
  return { userIds, last };
}
