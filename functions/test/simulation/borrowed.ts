import { TUNING } from '../../src/config.ts';
import type { World } from './world.ts';

/**
 * Puts the world's time behind setTimeout, which the code's deadlines use, and the seed's batch size into TUNING.
 * Gives both back afterwards; what is still waiting by then never fires and keeps nothing alive.
 */
export function borrowed({ scheduler, profile }: World): () => void {
  const { setTimeout, clearTimeout } = globalThis;
  const tuning: { retryBatch: number } = TUNING;
  const { retryBatch } = tuning;
  const timers = new WeakMap<object, { cancel(): void }>();

  tuning.retryBatch = profile.batch;
  const inWorldTime = (run: () => void, milliseconds = 0) => {
    const process = scheduler.current();
    // Other code of this program has its own timers.
    if (!process) return setTimeout(run, milliseconds);
    const timer = {};
    timers.set(timer, scheduler.schedule(milliseconds, process, run));
    return timer;
  };
  const clear = (timer: NodeJS.Timeout | undefined) => {
    const step = timer && timers.get(timer);
    if (step) step.cancel();
    else clearTimeout(timer);
  };
  Object.assign(globalThis, { setTimeout: inWorldTime, clearTimeout: clear });
  return () => {
    Object.assign(globalThis, { setTimeout, clearTimeout });
    tuning.retryBatch = retryBatch;
  };
}
