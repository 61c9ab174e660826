import { ApiError, Unreachable } from './errors.ts';

export interface Wait {
  seconds: number;
  error: ApiError | Unreachable;
}

export interface Patience {
  /** How often one call is sent at most. */
  attempts: number;
  /** A wait that is longer than this is left to the caller. */
  longestWaitSeconds: number;
  /** Told before each wait. */
  onWait(wait: Wait): void;
  random(): number;
  sleep(seconds: number, signal: AbortSignal | undefined): Promise<void>;
}

const FIRST_SECONDS = 0.5;
const LONGEST_BACKOFF_SECONDS = 30;
/** Passing: too slow an upload, too many requests, or a fault of the service that may be gone at the next try. */
const PASSING = [408, 429, 500, 502, 503, 504];

/** Sends until it works, what is wrong does not pass by itself, or patience ends; then fails as the last try did. */
export async function withRetries<T>(
  send: () => Promise<T>,
  patience: Patience,
  signal: AbortSignal | undefined,
): Promise<T> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await send();
    } catch (error) {
      if (!passes(error)) throw error;
      await pauseBefore(tried, error, patience, signal);
    }
  }
}

/** The pause after a call that has brought nothing for the `tried`th time; fails with its error where patience ends. */
export async function pauseBefore(
  tried: number,
  error: ApiError | Unreachable,
  patience: Patience,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (tried >= patience.attempts) throw error;
  const seconds = secondsToWait(error, tried, patience.random());
  if (seconds > patience.longestWaitSeconds) throw error;
  patience.onWait({ seconds, error });
  await patience.sleep(seconds, signal);
}

const passes = (error: unknown): error is ApiError | Unreachable =>
  error instanceof Unreachable || (error instanceof ApiError && PASSING.includes(error.status));

/** What the service asks for and up to a second more, else exponential backoff; with jitter, so that clients spread. */
function secondsToWait(error: ApiError | Unreachable, tried: number, random: number) {
  if (error instanceof ApiError && error.retryAfterSeconds !== null) return error.retryAfterSeconds + random;
  const longest = Math.min(FIRST_SECONDS * 2 ** tried, LONGEST_BACKOFF_SECONDS);
  return (longest * (1 + random)) / 2;
}

/** Rejects with the signal's reason when it is aborted first; the work goes on, for whoever else waits for it. */
export function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal?.reason);
    if (signal?.aborted) stop();
    signal?.addEventListener('abort', stop, { once: true });
    void work.then(resolve, reject).finally(() => signal?.removeEventListener('abort', stop));
  });
}

/** Rejects with the signal's reason when it is aborted. */
export function sleep(seconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, seconds * 1000);
    signal?.addEventListener('abort', stop, { once: true });
  });
}
