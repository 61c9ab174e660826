import { SingleBar } from 'cli-progress';
import { ApiError, type Wait } from '../../client/client.ts';
import type { Progress } from './progressFile.ts';

const LINE_EVERY_MS = 5000;
const SECOND_MS = 1000;
const TOO_MANY = 429;

export const many = (count: number) => count.toLocaleString('en-US');

/** A number of things by their name. */
export const counted = (count: number, one: string) => `${many(count)} ${one}${count === 1 ? '' : 's'}`;

export type Display = ReturnType<typeof createDisplay>;

/** Shows how far an import is: a bar on a terminal, else a line now and then. */
export const createDisplay = () => (process.stdout.isTTY ? bar() : lines());

const isLimited = (error: Wait['error']) => error instanceof ApiError && error.status === TOO_MANY;

/** What the service says of itself, such as that its operator has paused captures. */
function reasonOf(error: Wait['error']): string {
  if (isLimited(error)) return "the service's rate limit";
  if (error instanceof ApiError && error.code === 'unavailable') return `the service: ${error.message}`;
  return 'the service, which did not answer as it should';
}

export function waitInWords(seconds: number, error: Wait['error']): string {
  return `waiting ${Math.ceil(seconds)} s for ${reasonOf(error)}`;
}

function bar() {
  const single = new SingleBar({ format: '{bar} {value} of {total}, {state}', hideCursor: true });
  const countdown = createCountdown((state) => {
    if (single.isActive) single.update({ state });
    else process.stdout.write(`\r\u001B[K${state}`);
  });
  return {
    start: (total: number, done: number) => single.start(total, done, { state: '' }),
    show({ done, counts }: Progress) {
      countdown.end();
      single.update(done, { state: `${many(counts.new)} new` });
    },
    waiting: ({ seconds, error }: Wait) => countdown.start(seconds, error),
    stop() {
      countdown.end();
      single.stop();
    },
  };
}

/** Shows each second how many are left. */
export function createCountdown(show: (state: string) => void) {
  let timer: NodeJS.Timeout | undefined;
  const end = () => clearInterval(timer);
  return {
    start(seconds: number, error: Wait['error']) {
      end();
      let left = Math.ceil(seconds);
      show(waitInWords(left, error));
      timer = setInterval(() => {
        left -= 1;
        if (left > 0) show(waitInWords(left, error));
        else end();
      }, SECOND_MS).unref();
    },
    end,
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
    waiting: ({ seconds, error }: Wait) => console.log(waitInWords(seconds, error)),
    stop() {},
  };
}
