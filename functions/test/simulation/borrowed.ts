import type { World } from './world.ts';

/**
 * Puts the world's time behind setTimeout and performance.now, which the code's deadlines use and the seed's chance behind
 * Math.random. Gives all back afterwards; what is still waiting by then never fires and
 * keeps nothing alive.
 */
export function borrowed({ scheduler, random }: World): () => void {
  const { setTimeout, clearTimeout } = globalThis;
  const { random: anyRandom } = Math;
  const now = performance.now.bind(performance);
  const timers = new WeakMap<object, { cancel(): void }>();

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
  Math.random = () => (scheduler.current() ? random.next() : anyRandom());
  performance.now = () => (scheduler.current() ? scheduler.now() : now());
  return () => {
    Object.assign(globalThis, { setTimeout, clearTimeout });
    Math.random = anyRandom;
    Reflect.deleteProperty(performance, 'now');
  };
}
