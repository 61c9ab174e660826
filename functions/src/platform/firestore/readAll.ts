import type { Readable } from 'node:stream';
import type { Query, QueryDocumentSnapshot } from 'firebase-admin/firestore';
import { AppError } from '../../core/errors.ts';
import { withTimeout } from '../../core/timeout.ts';
import { isTransient, pause, toAppError } from './errors.ts';

/** How long a stream waits for Firestore's next document. */
export const DOCUMENT_TIMEOUT_MS = 15_000;

/** The documents of one query. Larger values save round trips; smaller ones read less in vain if the reader leaves. */
const STRETCH = 250;

/**
 * Every document of an ordered query, read while they are taken, so that few are in memory at a time.
 * Fails with `unavailable` when Firestore sends none for `timeoutMs`.
 */
export async function* readAll(query: Query, timeoutMs: number): AsyncGenerator<QueryDocumentSnapshot> {
  let last: QueryDocumentSnapshot | undefined;
  let isRetry = false;
  let hasMore: boolean;
  do {
    let count = 0;
    const rest = last ? query.startAfter(last) : query;
    try {
      for await (const document of readStretch(rest.limit(STRETCH), timeoutMs)) {
        count += 1;
        last = document;
        isRetry = false;
        yield document;
      }
      hasMore = count === STRETCH;
    } catch (error) {
      // Once without progress: it goes on after the last document that was read.
      if (isRetry || !isTransient(error)) throw toAppError(error);
      isRetry = true;
      hasMore = true;
      await pause();
    }
  } while (hasMore);
}

async function* readStretch(query: Query, timeoutMs: number): AsyncGenerator<QueryDocumentSnapshot> {
  const stream = query.stream() as Readable;
  // Firestore's stream does not end its call when it is destroyed, so the rest of the stretch is read and dropped.
  stream.once('unpipe', (source: Readable) => source.resume());
  const late = () => {
    throw new AppError('unavailable', 'The database does not respond. Try again.');
  };
  const documents = stream[Symbol.asyncIterator]() as AsyncIterator<QueryDocumentSnapshot>;
  try {
    for (;;) {
      const { done, value } = await withTimeout(timeoutMs, documents.next(), late);
      if (done) return;
      yield value;
    }
  } finally {
    stream.destroy();
  }
}
