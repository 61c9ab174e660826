import { type DocumentData, Timestamp } from 'firebase-admin/firestore';

/** A stored document as the domain has it: every top-level Timestamp turned into a Date. */
export function fromDocument(data: DocumentData): DocumentData {
  return Object.fromEntries(
    Object.entries(data).map(([field, value]) => [
      field,
      value instanceof Timestamp ? value.toDate() : value,
    ]),
  );
}
