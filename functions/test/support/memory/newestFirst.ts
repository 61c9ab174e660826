import type { ListPosition } from '../../../src/http/page.ts';

export function newestFirst<T extends ListPosition>(
  all: T[],
  limit: number,
  after: ListPosition | null,
): T[] {
  return all
    .toSorted(compare)
    .filter((each) => !after || compare(after, each) < 0)
    .slice(0, limit)
    .map((each) => structuredClone(each));
}

const compare = (a: ListPosition, b: ListPosition) =>
  Number(b.createdAt) - Number(a.createdAt) || (a.id < b.id ? 1 : a.id > b.id ? -1 : 0);
