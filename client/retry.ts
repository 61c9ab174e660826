import { ApiError, Unreachable } from './errors.ts';

export interface Wait {
  seconds: number;
  error: ApiError | Unreachable;
}

export interface Patience {
  /** The maximum number of attempts. */
  attempts: number;
  /** A call fails instead of waiting longer than this. */
  longestWaitSeconds: number;
  /** Called before each wait. */
  onWait(wait: Wait): void;
  random(): number;
  sleep(seconds: number, signal: AbortSignal | undefined): Promise<void>;
}

const FIRST_SECONDS = 0.5;
const MAX_BACKOFF_SECONDS = 30;
/** Errors that may be gone at the next attempt. */
const TRANSIENT = [408, 429, 500, 502, 503, 504];

/** Repeats `send` after a transient error. Throws the last error if the attempts are used up or a wait is too long. */
export async function withRetries<T>(
  send: () => Promise<T>,
  patience: Patience,
  signal: AbortSignal | undefined,
): Promise<T> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await send();
    } catch (error) {
      if (!isTransient(error)) throw error;
      await pauseBefore(tried, error, patience, signal);
    }
  }
}

/** Waits after attempt number `tried`. Throws its error if the attempts are used up or the wait would be too long. */
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

const isTransient = (error: unknown): error is ApiError | Unreachable =>
  error instanceof Unreachable || (error instanceof ApiError && TRANSIENT.includes(error.status));

/** Retry-After plus up to a second, or else exponential backoff; both with jitter. */
function secondsToWait(error: ApiError | Unreachable, tried: number, random: number) {
  if (error instanceof ApiError && error.retryAfterSeconds !== null) return error.retryAfterSeconds + random;
  const max = Math.min(FIRST_SECONDS * 2 ** tried, MAX_BACKOFF_SECONDS);
  return (max * (1 + random)) / 2;
}

/** Rejects with the signal's reason if that is aborted first. The work continues for other callers. */
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
