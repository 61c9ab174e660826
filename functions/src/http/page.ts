import { createHash } from 'node:crypto';
import { z } from 'zod';
import { invalidRequest } from './problem.ts';

/** The last time that Firestore stores, in epoch milliseconds. */
export const MAX_FIRESTORE_TIME_MS = 253_402_300_799_999;

/** The approximate size of a page. One item may be larger. */
export const PAGE_BYTES = 2 ** 20;
/** How many items are read at once: of the largest, a few megabytes. A page of the usual length takes one step. */
const FIRST_STEP = 21;
const LATER_STEP = 40;

/** Where something stands in a list that goes from the newest to the oldest; of the same time, by id from the last. */
export interface ListPosition {
  createdAt: Date;
  id: string;
}

export const pageQuery = {
  limit: z
    .string()
    .regex(/^([1-9][0-9]?|100)$/, 'must be a whole number from 1 to 100')
    .transform(Number)
    .default(20)
    .meta({
      description: 'The maximum number of items on a page. A page also ends at about 1 MB',
      type: 'integer',
      minimum: 1,
      maximum: 100,
      pattern: undefined,
      default: 20,
    }),
  cursor: z.string().optional().meta({ description: 'The nextCursor of a page of the same list' }),
};

export const pageOf = <S extends z.ZodType>(item: S) =>
  z.object({
    items: z.array(item),
    nextCursor: z
      .string()
      .nullable()
      .meta({
        description: 'The cursor of the next page; null on the last page',
        examples: [null],
      }),
  });

/**
 * Reads one page and the cursor of the next one. A cursor is a position, so new items do not shift the pages. A page ends
 * early at `PAGE_BYTES`. `list` identifies the list, by user and filters; a cursor of another list is refused.
 */
export async function readPage<T extends ListPosition>(
  { limit, cursor }: { limit: number; cursor?: string | undefined },
  list: object,
  read: (limit: number, after: ListPosition | null) => Promise<T[]>,
): Promise<{ items: T[]; nextCursor: string | null }> {
  const items: T[] = [];
  let after = cursor === undefined ? null : toPlace(cursor, list);
  let bytes = 0;
  for (let step = FIRST_STEP; ; step = LATER_STEP) {
    const wanted = Math.min(step, limit + 1 - items.length);
    const found = await read(wanted, after);
    for (const item of found) {
      bytes += Buffer.byteLength(JSON.stringify(item));
      const last = items.at(-1);
      if (last && (items.length === limit || bytes > PAGE_BYTES)) {
        return { items, nextCursor: toCursor(last, list) };
      }
      items.push(item);
    }
    if (found.length < wanted) return { items, nextCursor: null };
    after = items.at(-1) ?? null;
  }
}

/** The content of a cursor, within bounds that a query accepts even if the cursor is forged. */
const content = z.tuple([
  z.int().min(0).max(MAX_FIRESTORE_TIME_MS),
  z.string().regex(/^[A-Za-z0-9][\w-]{0,99}$/),
  z.string(),
]);

function toCursor({ createdAt, id }: ListPosition, list: object): string {
  const place = [createdAt.getTime(), id];
  const check = createHash('sha256')
    .update(JSON.stringify([list, place]))
    .digest('base64url')
    .slice(0, 16);
  return Buffer.from(JSON.stringify([...place, check])).toString('base64url');
}

function toPlace(cursor: string, list: object): ListPosition {
  try {
    const [time, id] = content.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
    const place = { createdAt: new Date(time), id };
    if (toCursor(place, list) === cursor) return place;
  } catch {
    // It is no cursor at all.
  }
  throw invalidRequest([
    { path: 'cursor', message: 'must be a nextCursor returned by this list with the same filters' },
  ]);
}
