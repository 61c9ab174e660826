import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type DocumentData,
  type DocumentReference,
  type DocumentSnapshot,
  FieldPath,
  type Query,
  Timestamp,
} from 'firebase-admin/firestore';
import { AppError } from '../../core/errors.ts';
import type { ListPosition } from '../../http/page.ts';
import { ALREADY_EXISTS, FAILED_PRECONDITION, grpcCode, NOT_FOUND } from './errors.ts';

/** What a write meets where another one came first. */
const CONFLICT_CODES = new Set([ALREADY_EXISTS, FAILED_PRECONDITION, NOT_FOUND]);

/** A compare-and-set gives up after so many tries, and starts none after so long: its request has ended by then. */
const MAX_TRIES = 10;
const NO_TRY_AFTER_MS = 10_000;
const PAUSE_MS = { first: 20, longest: 1000 };

/** A document id that does not show what it stands for, and fits whatever characters that has. */
export const hashOf = (text: string) => createHash('sha256').update(text).digest('hex');

/** A stored document as the domain has it: every top-level Timestamp turned into a Date. */
export function fromDocument(data: DocumentData): DocumentData {
  return Object.fromEntries(
    Object.entries(data).map(([field, value]) => [
      field,
      value instanceof Timestamp ? value.toDate() : value,
    ]),
  );
}

/**
 * Reads a document, lets `decide` choose its changes, and writes them unless it has changed meanwhile; then
 * `decide` is asked again, by what is stored then. So one write is enough for any number of rivals, and none of them
 * waits for a lock. A document that does not exist yet is created.
 */
export async function compareAndSet<D extends { changes: DocumentData }>(
  ref: DocumentReference,
  decide: (found: DocumentSnapshot) => D,
): Promise<D> {
  return await retryUntilWritten(async () => {
    const found = await ref.get();
    const decision = decide(found);
    if (Object.keys(decision.changes).length === 0) return decision;
    return (await writeUnlessChanged(found, decision.changes)) ? decision : null;
  });
}

/**
 * Repeats a compare-and-set until it gives a result; null means that another write came first. Pauses between tries,
 * with full jitter, and fails with `unavailable` after ten tries or ten seconds.
 */
export async function retryUntilWritten<T>(compareAndSet: () => Promise<T | null>): Promise<T> {
  const startedAt = performance.now();
  for (let tries = 1; ; tries += 1) {
    const result = await compareAndSet();
    if (result !== null) return result;
    if (tries === MAX_TRIES || performance.now() - startedAt > NO_TRY_AFTER_MS) {
      throw new AppError('unavailable', 'Too many requests are changing the same data. Try again.');
    }
    await sleep(Math.min(PAUSE_MS.longest, PAUSE_MS.first * 2 ** tries) * Math.random());
  }
}

const writeUnlessChanged = (read: DocumentSnapshot, changes: DocumentData): Promise<boolean> =>
  wroteWithoutConflict(
    read.updateTime
      ? read.ref.update(changes, { lastUpdateTime: read.updateTime })
      : read.ref.create(changes),
  );

/** Whether a write has been made, and not met another one that came first. */
export async function wroteWithoutConflict(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    if (CONFLICT_CODES.has(grpcCode(error) ?? -1)) return false;
    throw error;
  }
}

/** Orders a list by creation time and id, the latest first, and continues after a place. */
export function newestFirst(query: Query, after: ListPosition | null): Query {
  const inOrder = query.orderBy('createdAt', 'desc').orderBy(FieldPath.documentId(), 'desc');
  return after ? inOrder.startAfter(after.createdAt, after.id) : inOrder;
}
