import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Portion, Share } from './worker.ts';

const ENOUGH_FAILURES = 10;

/** Runs many seeds on all cores and shows how far it is; answers whether every promise was kept. */
export async function simulateMany(first: number, seeds: number, bug: string | undefined): Promise<boolean> {
  const started = performance.now();
  const total: Portion = { seeds: 0, steps: 0, counts: new Map(), failures: [] };
  const seconds = () => (performance.now() - started) / 1000;
  const rate = () => Math.round(total.seeds / seconds());
  const show = () => console.log(`  ${total.seeds} of ${seeds} seeds, ${rate()} a second`);
  const add = ({ counts, failures, ...portion }: Portion) => {
    total.seeds += portion.seeds;
    total.steps += portion.steps;
    for (const [what, times] of counts) total.counts.set(what, (total.counts.get(what) ?? 0) + times);
    for (const found of failures) {
      total.failures.push(found);
      if (total.failures.length <= ENOUGH_FAILURES) tellFailure(found.seed, found.failure, bug);
    }
  };

  console.log(`Simulating ${seeds} seeds from ${first} on ...`);
  const progress = setInterval(show, 5000);
  const stride = Math.min(availableParallelism(), seeds);
  const workers = Array.from({ length: stride }, (_, index) => {
    const share: Share = { first: first + index, count: seeds - index, stride, bug };
    return new Worker(new URL('./worker.ts', import.meta.url), { workerData: share });
  });
  try {
    await Promise.all(
      workers.map(
        (worker) =>
          new Promise<void>((resolve, reject) => {
            worker.on('message', (portion: Portion) => {
              add(portion);
              if (total.failures.length >= ENOUGH_FAILURES) resolve();
            });
            worker.on('error', reject).on('exit', () => resolve());
          }),
      ),
    );
  } finally {
    clearInterval(progress);
    await Promise.all(workers.map((worker) => worker.terminate()));
  }

  const often = [...total.counts].toSorted(([, a], [, b]) => b - a);
  for (const [what, times] of often) console.log(`${String(times).padStart(10)}  ${what}`);
  console.log(
    `${total.seeds} seeds, ${total.steps} steps in ${seconds().toFixed(1)} s (${rate()} seeds a second on ${stride} threads): ` +
      (total.failures.length > 0 ? `${total.failures.length} FAILED` : 'every promise was kept'),
  );
  return total.failures.length === 0;
}

export function tellFailure(seed: number, failure: string | null, bug: string | undefined): void {
  console.log(`FAILED, seed ${seed}: ${failure}`);
  console.log(`  See what led to it: npm run simulate -- --seed ${seed}${bug ? ` --bug ${bug}` : ''}`);
}
