import { AsyncLocalStorage } from 'node:async_hooks';
import type { Random } from './random.ts';

/** What can die or freeze as a whole: an instance of a function. */
export interface Process {
  name: string;
  startedAt: number;
  alive: boolean;
  /** It takes no step before this time. */
  frozenUntil: number;
  /** How far its clock is off. */
  skewMs: number;
  onDeath: (() => void)[];
}

interface Step {
  at: number;
  tie: number;
  process: Process | null;
  /** On its way through the network: the sender's death does not always stop it. */
  isSent: boolean;
  run: (() => void) | null;
}

export interface Scheduler {
  /** Milliseconds since the start, by a clock that never jumps. */
  now(): number;
  /** The process whose code asks; undefined for anyone outside of the simulation. */
  current(): Process | undefined;
  schedule(delayMs: number, process: Process | null, run: () => void, isSent?: boolean): { cancel(): void };
  /** Runs the earliest step and all that follows from it at once; answers whether there was one. */
  step(): Promise<boolean>;
  kill(process: Process): void;
  steps(): number;
}

const running = new AsyncLocalStorage<Process>();
const settled = () => new Promise(setImmediate);

/** `beforeStep` may kill or freeze the process whose step is next. */
export function createScheduler(random: Random, beforeStep: (process: Process) => void): Scheduler {
  const waiting: Step[] = [];
  let now = 0;
  let taken = 0;

  const earliest = (): Step | undefined => {
    let best = 0;
    for (let index = 1; index < waiting.length; index += 1) {
      const [a, b] = [waiting[index] as Step, waiting[best] as Step];
      if (a.at < b.at || (a.at === b.at && a.tie < b.tie)) best = index;
    }
    const last = waiting.pop();
    if (best === waiting.length || !last) return last;
    const found = waiting[best];
    waiting[best] = last;
    return found;
  };
  const mayRun = ({ process, isSent }: Step): boolean => {
    if (!process) return true;
    if (process.alive) beforeStep(process);
    return process.alive || (isSent && random.chance(0.5));
  };

  return {
    now: () => now,
    current: () => running.getStore(),
    steps: () => taken,
    schedule(delayMs, process, run, isSent = false) {
      const step: Step = { at: now + delayMs, tie: random.next(), process, isSent, run };
      waiting.push(step);
      return {
        cancel: () => {
          step.run = null;
        },
      };
    },
    kill(process) {
      if (!process.alive) return;
      process.alive = false;
      for (const told of process.onDeath) told();
    },
    async step() {
      const next = earliest();
      if (!next) return false;
      if (!next.run) return true;
      const { process, run } = next;
      if (process?.alive && !next.isSent && process.frozenUntil > next.at) {
        next.at = process.frozenUntil;
        waiting.push(next);
        return true;
      }
      now = Math.max(now, next.at);
      if (!mayRun(next)) return true;
      // A process that this very step found frozen stops before it.
      if (process?.alive && !next.isSent && process.frozenUntil > now) {
        next.at = process.frozenUntil;
        waiting.push(next);
        return true;
      }
      taken += 1;
      if (process) running.run(process, run);
      else run();
      await settled();
      return true;
    },
  };
}
