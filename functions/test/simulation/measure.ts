import { BUGS } from './bugs.ts';
import { simulate } from './simulate.ts';

/** How many seeds from `first` on it takes to find a bug, at most `most`; null where they do not. */
export async function seedsToFind(name: string, first: number, most: number): Promise<number | null> {
  const bug = BUGS[name];
  if (!bug) throw new Error(`There is no bug ${name}`);
  for (let count = 1; count <= most; count += 1) {
    const { failure } = await simulate(first + count - 1, { bug });
    if (failure !== null) return count;
  }
  return null;
}
