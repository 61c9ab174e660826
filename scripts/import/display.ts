import { SingleBar } from 'cli-progress';
import type { Progress } from './progressFile.ts';

const LINE_EVERY_MS = 5000;

export const many = (count: number) => count.toLocaleString('en-US');

export type Display = ReturnType<typeof createDisplay>;

/** Shows how far an import is: a bar on a terminal, else a line now and then. */
export const createDisplay = () => (process.stdout.isTTY ? bar() : lines());

const inWords = (seconds: number) => `waiting ${Math.ceil(seconds)} s for the service`;

function bar() {
  const single = new SingleBar({ format: '{bar} {value} of {total}, {state}', hideCursor: true });
  return {
    start: (total: number, done: number) => single.start(total, done, { state: '' }),
    show: ({ done, counts }: Progress) => single.update(done, { state: `${many(counts.new)} new` }),
    waiting(seconds: number) {
      if (single.isActive) single.update({ state: inWords(seconds) });
      else console.log(inWords(seconds));
    },
    stop: () => single.stop(),
  };
}

function lines() {
  let total = 0;
  let last = 0;
  return {
    start(all: number) {
      total = all;
    },
    show({ done, counts }: Progress) {
      const now = Date.now();
      if (now - last < LINE_EVERY_MS && done < total) return;
      last = now;
      console.log(`${many(done)} of ${many(total)}, ${many(counts.new)} new`);
    },
    waiting: (seconds: number) => console.log(inWords(seconds)),
    stop() {},
  };
}
