import type { Turn } from '../ports.ts';

/** How many items of a batch each user gets whose turn it is; together they get a third of it. */
export const sharePerUser = (batch: number, turn: string[]): number =>
  turn.length === 0 ? 0 : Math.floor(batch / 3 / turn.length);

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
