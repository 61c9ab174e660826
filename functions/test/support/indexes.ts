import { readFileSync } from 'node:fs';
import type { Firestore } from 'firebase-admin/firestore';

type Order = { fieldPath: string; order: string };

/** `firestore.indexes.json` */
export interface Indexes {
  indexes: { collectionGroup: string; fields: Order[] }[];
  /** A field that is not here has an index in each direction. */
  fieldOverrides: { collectionGroup: string; fieldPath: string; indexes: { order: string }[] }[];
}

interface Condition {
  field: { fieldPath: string };
  op: string;
}

/** A query as it goes over the wire (google.firestore.v1.StructuredQuery). */
export interface StructuredQuery {
  from: { collectionId: string }[];
  where?: Filter;
  orderBy?: { field: { fieldPath: string }; direction: string }[];
}

interface Filter {
  compositeFilter?: { filters: Filter[] };
  fieldFilter?: Condition;
  unaryFilter?: Condition;
}

interface Wire {
  requestStream(method: string, ...more: unknown[]): Promise<NodeJS.ReadableStream>;
}

const file = new URL('../../../firestore.indexes.json', import.meta.url);
export const deployedIndexes: Indexes = JSON.parse(readFileSync(file, 'utf8'));

const EQUALITIES = ['EQUAL', 'IN', 'IS_NULL'];
const NAME = '__name__';

/**
 * The index that Firestore refuses the query for want of, in words; null where there is one. Equalities come first, in any
 * order, then what is sorted by (https://firebase.google.com/docs/firestore/query-data/index-overview).
 */
export function missingIndex(query: StructuredQuery, { indexes, fieldOverrides }: Indexes): string | null {
  const collection = query.from[0]?.collectionId ?? '';
  const conditions = query.where ? conditionsOf(query.where) : [];
  const pathsOf = (some: Condition[]) => [...new Set(some.map(({ field }) => field.fieldPath))];
  const equal = pathsOf(conditions.filter(({ op }) => EQUALITIES.includes(op)));
  const ranged = pathsOf(conditions.filter(({ op }) => !EQUALITIES.includes(op)));
  const asked = (query.orderBy ?? []).map(({ field, direction }) => [field.fieldPath, direction] as const);
  const sorted = asked.filter(([path]) => path !== NAME);
  for (const path of ranged)
    if (path !== NAME && !sorted.some(([other]) => other === path)) sorted.push([path, 'ASCENDING']);
  const last = sorted.at(-1)?.[1] ?? 'ASCENDING';
  const isNameAlong = asked.every(([path, direction]) => path !== NAME || direction === last);

  const hasSingle = (path: string, order?: string) => {
    const own = fieldOverrides.find(
      ({ collectionGroup, fieldPath }) => collectionGroup === collection && fieldPath === path,
    );
    return !own || own.indexes.some((index) => !order || index.order === order);
  };
  const isServed = () => {
    if (!isNameAlong) return false;
    // Firestore merges the indexes of single fields.
    if (sorted.length === 0) return equal.every((path) => hasSingle(path));
    const [[first, order]] = sorted as [readonly [string, string]];
    if (sorted.length === 1 && equal.every((path) => path === first)) return hasSingle(first, order);
    return indexes.some(({ collectionGroup, fields }) => {
      const heads = fields.slice(0, equal.length).map(({ fieldPath }) => fieldPath);
      const tail = fields.slice(equal.length).map(({ fieldPath, order }) => `${fieldPath} ${order}`);
      return (
        collectionGroup === collection &&
        heads.toSorted().join() === equal.toSorted().join() &&
        tail.join() === sorted.map((each) => each.join(' ')).join()
      );
    });
  };
  const wanted = [...equal, ...sorted.map((each) => each.join(' '))];
  return isServed()
    ? null
    : `${collection}: ${wanted.join(', ')}${isNameAlong ? '' : ', names the other way'}`;
}

function conditionsOf({ compositeFilter, fieldFilter, unaryFilter }: Filter): Condition[] {
  if (compositeFilter) return compositeFilter.filters.flatMap(conditionsOf);
  return [fieldFilter, unaryFilter].filter((condition) => condition != null);
}

/** Calls `see` with every query before it is sent. */
export function watchQueries(db: Firestore, see: (query: StructuredQuery) => void): void {
  const wire = db as unknown as Wire;
  const { requestStream } = wire;
  wire.requestStream = async (method, ...more) => {
    for (const request of more as ({ structuredAggregationQuery?: object } | undefined)[]) {
      const { structuredQuery } = (request?.structuredAggregationQuery ?? request ?? {}) as {
        structuredQuery?: StructuredQuery;
      };
      if (structuredQuery) see(structuredQuery);
    }
    return await requestStream.call(db, method, ...more);
  };
}

/** The database refuses what it has no index for, as Firestore does; its emulator never does. */
export function demandIndexes(db: Firestore): Firestore {
  watchQueries(db, (query) => {
    const missing = missingIndex(query, deployedIndexes);
    if (missing) throw Object.assign(new Error(`The query requires an index: ${missing}`), { code: 9 });
  });
  return db;
}
