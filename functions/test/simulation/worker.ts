import { parentPort, workerData } from 'node:worker_threads';
import { BUGS } from './bugs.ts';
import { type Result, simulate } from './simulate.ts';

/** Every `stride`-th seed of a range, reported in portions. */
export interface Share {
  first: number;
  count: number;
  stride: number;
  bug: string | undefined;
}

export interface Portion {
  seeds: number;
  steps: number;
  counts: Map<string, number>;
  failures: Pick<Result, 'seed' | 'failure'>[];
}

const PORTION = 50;

async function work({ first, count, stride, bug }: Share): Promise<void> {
  let portion: Portion = { seeds: 0, steps: 0, counts: new Map(), failures: [] };
  const report = () => {
    parentPort?.postMessage(portion);
    portion = { seeds: 0, steps: 0, counts: new Map(), failures: [] };
  };
  for (let seed = first; seed < first + count; seed += stride) {
    const { failure, steps, counts } = await simulate(seed, { bug: bug ? (BUGS[bug] ?? null) : null });
    portion.seeds += 1;
    portion.steps += steps;
    for (const [what, times] of counts) portion.counts.set(what, (portion.counts.get(what) ?? 0) + times);
    if (failure !== null) portion.failures.push({ seed, failure });
    if (portion.seeds === PORTION) report();
  }
  report();
}

await work(workerData);
