import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

interface Index {
  collectionGroup: string;
  queryScope: string;
  fields: { fieldPath: string; order: string }[];
}

interface Override {
  collectionGroup: string;
  fieldPath: string;
  indexes: { order: string }[];
}

const file = new URL('../../../firestore.indexes.json', import.meta.url);
const { indexes, fieldOverrides }: { indexes: Index[]; fieldOverrides: Override[] } = JSON.parse(
  readFileSync(file, 'utf8'),
);
const shown = indexes.map(({ collectionGroup, queryScope, fields }) => {
  const order = fields.map(({ fieldPath, order }) => (order === 'DESCENDING' ? `-${fieldPath}` : fieldPath));
  return `${collectionGroup} ${queryScope} ${order.join(' ')}`;
});

// The emulator answers every query without an index; Firestore refuses one that it has none for.
describe('the indexes', () => {
  const FILTERS = [[], ['status'], ['author'], ['status', 'author']];
  for (const filters of FILTERS) {
    it(`serve the list of a user's tweets${filters.length ? ` by ${filters.join(' and ')}` : ''}`, () => {
      const fields = ['userId', ...filters, '-createdAt'];
      assert.ok(shown.includes(`tweets COLLECTION ${fields.join(' ')}`));
    });
  }

  it("serve the operator's list by status, and the oldest item that is under way", () => {
    for (const order of ['-createdAt', 'createdAt']) {
      assert.ok(shown.includes(`queue COLLECTION status ${order}`));
    }
  });

  it('serve what the status is made of, each field by itself', () => {
    const single = fieldOverrides
      .filter(({ indexes }) => indexes.length > 0)
      .map(({ collectionGroup, fieldPath, indexes }) => {
        assert.equal(indexes.length, 1);
        return `${collectionGroup} ${indexes[0]?.order === 'DESCENDING' ? '-' : ''}${fieldPath}`;
      });
    assert.deepEqual(single, ['tweets -createdAt', 'tweets publishedAt', 'queue -createdAt']);
    const exempt = fieldOverrides.map(({ collectionGroup, fieldPath }) => `${collectionGroup} ${fieldPath}`);
    for (const field of ['tweets pendingSince', 'queue nextAttemptAt', 'queue status']) {
      assert.ok(!exempt.includes(field), field);
    }
  });

  it('serve the queue of a user', () => {
    assert.ok(shown.includes('queue COLLECTION userId -createdAt'));
  });

  it('serve the turns of users in a retry run', () => {
    assert.ok(shown.includes('queue COLLECTION userId nextAttemptAt'));
  });
});
