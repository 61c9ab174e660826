import { fitting } from '../portions.ts';
import type { Turn } from '../ports.ts';

/** How many items of a batch each user gets whose turn it is; together they get a third of it. */
export const sharePerUser = (batch: number, turn: string[]): number =>
  turn.length === 0 ? 0 : Math.floor(batch / 3 / turn.length);

interface Measures<T> {
  turn: string[];
  userOf: (item: T) => string;
  bytesOf: (item: T) => number;
  most: number;
}

/**
 * Chooses a batch of about `most` bytes: the oldest items in two thirds of it, the next ones of the users whose turn it is in
 * a third, at least one each, and then what is left in order. With nobody's turn the oldest have all of it.
 */
export function chosen<T>(
  { oldest, shares, next }: { oldest: T[]; shares: T[]; next: T[] },
  { turn, userOf, bytesOf, most }: Measures<T>,
): T[] {
  const forTurn = turn.length > 0 ? most / 3 : 0;
  const first = fitting(oldest, bytesOf, most - forTurn);
  const others = [...oldest.slice(first.length), ...shares];
  const shared = turn.flatMap((userId) => {
    const mine = others.filter((item) => userOf(item) === userId);
    return fitting(mine, bytesOf, forTurn / turn.length);
  });
  const taken = [...first, ...shared];
  const left = most - taken.reduce((sum, item) => sum + bytesOf(item), 0);
  const rest = [...others.filter((item) => !shared.includes(item)), ...next];
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
