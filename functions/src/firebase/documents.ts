import {
  type DocumentData,
  type DocumentReference,
  type DocumentSnapshot,
  Timestamp,
} from 'firebase-admin/firestore';
import { FAILED_PRECONDITION, grpcCode } from './errors.ts';

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
 * `decide` is asked again, by what is stored then. So one write is enough for any number of rivals.
 */
export async function decideAndUpdate<D extends { changes: DocumentData }>(
  ref: DocumentReference,
  decide: (found: DocumentSnapshot) => D,
): Promise<D> {
  for (;;) {
    const found = await ref.get();
    const decision = decide(found);
    if (Object.keys(decision.changes).length === 0) return decision;
    if (await updateUnlessChanged(found, decision.changes)) return decision;
  }
}

/** Answers whether it wrote. */
async function updateUnlessChanged(read: DocumentSnapshot, changes: DocumentData): Promise<boolean> {
  if (!read.updateTime) throw new Error(`${read.ref.path} does not exist and cannot be updated`);
  try {
    await read.ref.update(changes, { lastUpdateTime: read.updateTime });
    return true;
  } catch (error) {
    if (grpcCode(error) === FAILED_PRECONDITION) return false;
    throw error;
  }
}
