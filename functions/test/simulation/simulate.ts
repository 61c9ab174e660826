import { ACTORS } from './actors.ts';
import { borrowed } from './borrowed.ts';
import type { Bug } from './bugs/bug.ts';
import { createWorld, type Teller } from './createWorld.ts';

const HOUR = 3_600_000;
/** Five attempts with their pauses take 26 hours at most; an item can be claimed for the last time and then lost. */
const CALM_MS = 60 * HOUR;
const MAX_STEPS = 200_000;

export interface Result {
  seed: number;
  /** What broke first; null where every promise was kept. */
  failure: string | null;
  steps: number;
  /** How often what happened. */
  counts: Map<string, number>;
}

interface Options {
  bug?: Bug | null;
  tell?: Teller;
}

/** Lives one seed's story to its end. Only one may be lived at a time. */
export async function simulate(seed: number, { bug = null, tell }: Options = {}): Promise<Result> {
  const world = createWorld(seed, bug, tell);
  const restore = borrowed(world);
  try {
    for (const act of Object.values(ACTORS)) act(world);
    const isOver = () =>
      world.failure !== null || (world.isCalm && !world.isBusy() && world.checker.isSettled());
    const endsAt = world.profile.faultsMs + CALM_MS;
    while (!isOver() && world.scheduler.now() < endsAt && world.scheduler.steps() < MAX_STEPS)
      if (!(await world.scheduler.step())) break;
    if (world.failure === null) world.checker.atEnd();
    return { seed, failure: world.failure, steps: world.scheduler.steps(), counts: world.counts };
  } finally {
    restore();
  }
}
