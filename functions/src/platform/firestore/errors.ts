import { AppError } from '../../core/errors.ts';

// gRPC status codes: https://grpc.github.io/grpc/core/md_doc_statuscodes.html
const CANCELLED = 1;
const UNKNOWN = 2;
const DEADLINE_EXCEEDED = 4;
export const NOT_FOUND = 5;
export const ALREADY_EXISTS = 6;
export const RESOURCE_EXHAUSTED = 8;
export const FAILED_PRECONDITION = 9;
const ABORTED = 10;
const INTERNAL = 13;
const UNAVAILABLE = 14;
const UNAUTHENTICATED = 16;

/** Transient codes that the Firestore SDK retries inside transactions only, and never on a plain commit. */
const NOT_RETRIED_BY_SDK = new Set([CANCELLED, UNKNOWN, INTERNAL, UNAUTHENTICATED]);
const TRANSIENT = new Set([
  ...NOT_RETRIED_BY_SDK,
  DEADLINE_EXCEEDED,
  RESOURCE_EXHAUSTED,
  ABORTED,
  UNAVAILABLE,
]);

/** A call that failed later than this is not retried: the SDK has retried its transaction, or the request is about to time out. */
const RETRY_WITHIN_MS = 3000;
const MAX_PAUSE_MS = 250;

/** The gRPC status code of a Firestore error. */
export function grpcCode(error: unknown): number | undefined {
  return (error as { code?: number } | null)?.code;
}

/** Whether Firestore failed for the moment only. */
export const isTransient = (error: unknown): boolean => TRANSIENT.has(grpcCode(error) ?? -1);

/** AppError `unavailable` in place of a transient error of Firestore; any other error as it is. */
export function toAppError(error: unknown): unknown {
  if (!isTransient(error)) return error;
  const message = 'The database cannot be reached. Try again.';
  return new AppError('unavailable', message, { cause: error });
}

/** Calls once more, after a short pause, if the call fails with a transient code that the SDK does not retry. */
export async function retryOnce<T>(call: () => Promise<T>): Promise<T> {
  const startedAt = performance.now();
  try {
    return await call();
  } catch (error) {
    const isLate = performance.now() - startedAt > RETRY_WITHIN_MS;
    if (isLate || !NOT_RETRIED_BY_SDK.has(grpcCode(error) ?? -1)) throw toAppError(error);
  }
  await pause();
  try {
    return await call();
  } catch (error) {
    throw toAppError(error);
  }
}

/** A short one with jitter, before a retry. */
export const pause = () =>
  new Promise<void>((resolve) => void setTimeout(resolve, MAX_PAUSE_MS * Math.random()));

type Store = Record<string, (...args: never[]) => Promise<unknown>>;

/**
 * The same store with clearer errors and one retry of a transient failure. A commit that failed may have been applied
 * all the same, so each method must recognise its own write and answer as it would have the first time.
 */
export function withMappedErrors<S>(store: S & Store): S {
  const guarded = Object.entries(store as Store).map(([name, method]) => [
    name,
    (...args: never[]) => retryOnce(() => method(...args)),
  ]);
  return Object.fromEntries(guarded) as S;
}
