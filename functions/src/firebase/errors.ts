import { Failure } from '../failures.ts';

// gRPC status codes.
export const NOT_FOUND = 5;
export const ALREADY_EXISTS = 6;
export const FAILED_PRECONDITION = 9;
/** DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, ABORTED, UNAVAILABLE. */
const PASSING = new Set([4, 8, 10, 14]);

/** The gRPC status code of a Firestore error. */
export function grpcCode(error: unknown): number | undefined {
  return (error as { code?: number } | null)?.code;
}

/** Failure `unavailable` in place of one of Firestore's own passing errors; any other as it is. */
export function clearer(error: unknown): unknown {
  if (!PASSING.has(grpcCode(error) ?? -1)) return error;
  const message = 'The database cannot be reached; please try again.';
  return new Failure('unavailable', message, { cause: error });
}

type Store = Record<string, (...args: never[]) => Promise<unknown>>;

/** The same store, with clearer errors. */
export function failingClearly<S>(store: S & Store): S {
  const guarded = Object.entries(store as Store).map(([name, method]) => [
    name,
    (...args: never[]) =>
      method(...args).catch((error) => {
        throw clearer(error);
      }),
  ]);
  return Object.fromEntries(guarded) as S;
}
