import { SingleBar } from 'cli-progress';
import { ApiError, type Wait } from '../../client/client.ts';
import type { Progress } from './progressFile.ts';

const LINE_INTERVAL_MS = 5000;
const SECOND_MS = 1000;
const TOO_MANY_REQUESTS = 429;

export const formatCount = (count: number) => count.toLocaleString('en-US');

/** A count with its noun. */
export const formatItems = (count: number, noun: string) =>
  `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;

export type Display = ReturnType<typeof createDisplay>;

/** Prints the progress of an import: a bar on a terminal, else a line every 5 seconds. */
export const createDisplay = () => (process.stdout.isTTY ? bar() : lines());

const isLimited = (error: Wait['error']) => error instanceof ApiError && error.status === TOO_MANY_REQUESTS;

/** The cause of a wait, such as a pause by the operator. */
function formatReason(error: Wait['error']): string {
  if (isLimited(error)) return "the service's rate limit";
  if (error instanceof ApiError && error.code === 'unavailable') return `the service: ${error.message}`;
  return 'the service, which did not respond correctly';
}

export function formatWait(seconds: number, error: Wait['error']): string {
  return `waiting ${Math.ceil(seconds)} s for ${formatReason(error)}`;
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
      single.update(done, { state: `${formatCount(counts.new)} new` });
    },
    waiting: ({ seconds, error }: Wait) => countdown.start(seconds, error),
    stop() {
      countdown.end();
      single.stop();
    },
  };
}

/** Shows the remaining seconds, once a second. */
export function createCountdown(show: (state: string) => void) {
  let timer: NodeJS.Timeout | undefined;
  const end = () => clearInterval(timer);
  return {
    start(seconds: number, error: Wait['error']) {
      end();
      let left = Math.ceil(seconds);
      show(formatWait(left, error));
      timer = setInterval(() => {
        left -= 1;
        if (left > 0) show(formatWait(left, error));
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
      if (now - last < LINE_INTERVAL_MS && done < total) return;
      last = now;
      console.log(`${formatCount(done)} of ${formatCount(total)}, ${formatCount(counts.new)} new`);
    },
    waiting: ({ seconds, error }: Wait) => console.log(formatWait(seconds, error)),
    stop() {},
  };
}
