import type { Place } from '../../../src/http/page.ts';

export function newestFirst<T extends Place>(all: T[], limit: number, after: Place | null): T[] {
  return all
    .toSorted(compare)
    .filter((each) => !after || compare(after, each) < 0)
    .slice(0, limit)
    .map((each) => structuredClone(each));
}

const compare = (a: Place, b: Place) =>
  Number(b.createdAt) - Number(a.createdAt) || (a.id < b.id ? 1 : a.id > b.id ? -1 : 0);
