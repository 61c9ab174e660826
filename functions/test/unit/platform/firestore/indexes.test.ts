import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { initializeApp } from 'firebase-admin/app';
import { getFirestore } from 'firebase-admin/firestore';
import { newQueueItem } from '../../../../src/delivery/queueItem.ts';
import { createOutbox } from '../../../../src/platform/firestore/outbox.ts';
import { createQueueOperations } from '../../../../src/platform/firestore/queueOperations.ts';
import { createSessionStore } from '../../../../src/platform/firestore/sessionStore.ts';
import { createTweetLists } from '../../../../src/platform/firestore/tweetLists.ts';
import {
  deployedIndexes,
  type Indexes,
  missingIndex,
  type StructuredQuery,
  watchQueries,
} from '../../../support/indexes.ts';
import { sampleCapture, sampleSession } from '../../../support/samples.ts';

const now = new Date('2026-03-01T12:00:00Z');
const after = { createdAt: now, id: 'user_1' };

/** Every way to have some of these, and others not. */
function subsets<T extends object>(all: T): Partial<T>[] {
  const [first, ...rest] = Object.entries(all);
  if (!first) return [{}];
  return subsets(Object.fromEntries(rest) as T).flatMap((some) => [some, { ...some, [first[0]]: first[1] }]);
}

// The emulator answers every query without an index; Firestore refuses one that it has none for.
describe('the indexes', () => {
  const db = getFirestore(initializeApp({ projectId: 'demo-indexes' }, 'indexes'));
  const seen: StructuredQuery[] = [];
  before(() => {
    const readTime = { seconds: 0, nanos: 0 };
    const result = { aggregateFields: { aggregate_0: { integerValue: '1' } } };
    const nothing = async (method: string) => {
      const answer = method === 'runAggregationQuery' ? { result, readTime } : { readTime };
      return new PassThrough({ objectMode: true }).end(answer);
    };
    Object.assign(db, { requestStream: nothing });
    watchQueries(db, (query) => seen.push(query));
  });
  beforeEach(() => {
    seen.length = 0;
  });
  const assertServed = (queries: number, indexes: Indexes = deployedIndexes) => {
    assert.equal(seen.length, queries);
    assert.deepEqual(
      seen.flatMap((query) => missingIndex(query, indexes) ?? []),
      [],
    );
  };

  it("serve the lists of a user's tweets and queue, with all filters in company", async () => {
    const lists = createTweetLists(db);
    const filters = subsets({ status: 'failed', author: 'someone', from: now, to: now } as const);
    for (const place of [null, after]) {
      for (const some of filters) await lists.tweets('user', some, 10, place);
      await createOutbox(db).listForUser('user', 10, place);
    }
    assertServed(2 * filters.length + 2);
  });

  it("serve the operator's list, with all filters in company, what waits, and the status", async () => {
    const operations = createQueueOperations(db);
    const filters = subsets({ status: 'failed', before: now } as const);
    for (const place of [null, after]) for (const some of filters) await operations.list(some, 10, place);
    assertServed(2 * filters.length);
    await operations.overview(now);
    const { tweetId } = sampleCapture(now).fields;
    const item = { ...newQueueItem(sampleCapture(now), 'down', now), tweetId, id: after.id };
    for (const place of [null, item]) await operations.waiting(now, 10, place);
    assertServed(2 * filters.length + 10);
  });

  it('serve the count of a retry run', async () => {
    const outbox = createOutbox(db);
    await outbox.countDue(now);
    assertServed(1);
  });

  it("serve the search for a user's oldest sessions", async () => {
    await createSessionStore(db).endOldest(sampleSession('user', now), 0);
    assertServed(2);
  });

  it('of times that only grow are those that a query needs', () => {
    const single = deployedIndexes.fieldOverrides
      .filter(({ indexes }) => indexes.length > 0)
      .map(({ collectionGroup, fieldPath, indexes }) => {
        const orders = indexes.map(({ order }) => order);
        return `${collectionGroup} ${fieldPath} ${orders}`;
      });
    const expected = [
      'tweets createdAt DESCENDING',
      'tweets publishedAt ASCENDING',
      'queue createdAt DESCENDING',
    ];
    assert.deepEqual(single, expected);
  });
});

describe('a query', () => {
  const indexes: Indexes = {
    indexes: [
      {
        collectionGroup: 'things',
        fields: [
          { fieldPath: 'owner', order: 'ASCENDING' },
          { fieldPath: 'kind', order: 'ASCENDING' },
          { fieldPath: 'at', order: 'DESCENDING' },
        ],
      },
    ],
    fieldOverrides: [
      { collectionGroup: 'things', fieldPath: 'text', indexes: [] },
      { collectionGroup: 'things', fieldPath: 'at', indexes: [{ order: 'DESCENDING' }] },
    ],
  };
  const filter = (fieldPath: string, op = 'EQUAL') => ({ fieldFilter: { field: { fieldPath }, op } });
  const order = (fieldPath: string, direction = 'DESCENDING') => ({ field: { fieldPath }, direction });
  const isServed = (filters: ReturnType<typeof filter>[], ...orderBy: ReturnType<typeof order>[]) =>
    missingIndex(
      { from: [{ collectionId: 'things' }], where: { compositeFilter: { filters } }, orderBy },
      indexes,
    ) === null;

  it('is served by the index of its one field, unless that is exempt or goes the other way', () => {
    assert.ok(isServed([filter('size')]));
    assert.ok(isServed([filter('size'), filter('owner')]));
    assert.ok(isServed([filter('at', 'LESS_THAN')], order('at'), order('__name__')));
    assert.ok(!isServed([filter('text')]));
    assert.ok(!isServed([filter('at', 'LESS_THAN')]));
    assert.ok(!isServed([], order('at', 'ASCENDING')));
    assert.ok(!isServed([], order('at'), order('__name__', 'ASCENDING')));
  });

  it('of several fields is served by an index of just these: equalities in any order, then the sorted ones', () => {
    assert.ok(isServed([filter('kind'), filter('owner')], order('at')));
    assert.ok(isServed([filter('kind'), filter('owner'), filter('at', 'GREATER_THAN')], order('at')));
    assert.ok(!isServed([filter('owner')], order('at')));
    assert.ok(!isServed([filter('kind'), filter('owner')], order('at', 'ASCENDING')));
    assert.ok(!isServed([filter('kind'), filter('owner'), filter('size')], order('at')));
    assert.ok(!isServed([filter('owner'), filter('kind', 'GREATER_THAN')], order('at')));
  });
});
