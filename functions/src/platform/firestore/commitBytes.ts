/** Firestore refuses a commit of 10 MiB, its emulator a request of 4 MiB, which the client then repeats for minutes. */
export const MAX_COMMIT_BYTES = 3.5 * 1024 * 1024;

/** Name, precondition and mask of one write. */
const WRITE = 1024;
/** Tags and lengths around a value, and any number or timestamp. */
const VALUE = 24;

/** An upper bound for the bytes that the write of a document takes in a commit. */
export const writeBytes = (data: object): number => WRITE + valueBytes(data);

function valueBytes(value: unknown): number {
  if (typeof value === 'string') return VALUE + Buffer.byteLength(value);
  if (Array.isArray(value)) return value.reduce((sum, each) => sum + valueBytes(each), VALUE);
  if (typeof value !== 'object' || value === null || value instanceof Date) return VALUE;
  return Object.entries(value).reduce(
    (sum, [field, each]) => sum + VALUE + Buffer.byteLength(field) + valueBytes(each),
    VALUE,
  );
}
