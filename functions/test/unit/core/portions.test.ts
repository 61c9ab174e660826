import assert from 'node:assert/strict';
import { splitBySize, takeBySize } from '../../../src/core/portions.ts';

const itself = (bytes: number) => bytes;

describe('portions', () => {
  it('have at most so many bytes, and keep the order', () => {
    assert.deepEqual(splitBySize([3, 3, 4, 10, 1, 9, 1], itself, 10), [[3, 3, 4], [10], [1, 9], [1]]);
  });

  it('hold an item alone that is too large for any', () => {
    assert.deepEqual(splitBySize([1, 11, 12, 1], itself, 10), [[1], [11], [12], [1]]);
  });

  it('of nothing are none', () => {
    assert.deepEqual(splitBySize([], itself, 10), []);
    assert.deepEqual(takeBySize([], itself, 10), []);
  });

  it('begin with what fits', () => {
    assert.deepEqual(takeBySize([5, 5, 1], itself, 10), [5, 5]);
    assert.deepEqual(takeBySize([11, 1], itself, 10), [11]);
  });
});
