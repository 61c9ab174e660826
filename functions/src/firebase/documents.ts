import { type DocumentData, type DocumentSnapshot, Timestamp } from 'firebase-admin/firestore';
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

/** Writes the changes unless the document has changed since it was read; answers whether it did. */
export async function updateUnlessChanged(read: DocumentSnapshot, changes: DocumentData): Promise<boolean> {
  if (!read.updateTime) return false;
  try {
    await read.ref.update(changes, { lastUpdateTime: read.updateTime });
    return true;
  } catch (error) {
    if (grpcCode(error) === FAILED_PRECONDITION) return false;
    throw error;
  }
}
