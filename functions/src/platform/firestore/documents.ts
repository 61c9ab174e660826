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

/** gRPC codes that mean that a concurrent write came first. */
const CONFLICT_CODES = new Set([ALREADY_EXISTS, FAILED_PRECONDITION, NOT_FOUND]);

/** A compare-and-set stops after this many tries, or when its request has ended. */
const MAX_TRIES = 10;
const NO_TRY_AFTER_MS = 10_000;
const PAUSE_MS = { first: 20, longest: 1000 };

/** Returns a document id that hides a text and fits any characters. */
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
 * Reads a document and writes the changes that `decide` returns, unless the document has changed meanwhile; then it tries
 * again. This costs one write and no lock, however many writers compete. A missing document is created.
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
 * Repeats a compare-and-set until it returns a result; null means that another write came first. Pauses between tries with
 * full jitter. Fails with `unavailable` after ten tries or ten seconds.
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

/** Returns whether a write was applied, or false if another write came first. */
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
