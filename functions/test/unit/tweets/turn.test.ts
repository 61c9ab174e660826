import assert from 'node:assert/strict';
import { chosen } from '../../../src/tweets/turn.ts';

const itself = (bytes: number) => bytes;
const choose = (candidates: { oldest: number[]; shares?: number[][]; next?: number[] }) =>
  chosen({ shares: [], next: [], ...candidates }, itself, 30);

describe('a batch of bounded bytes', () => {
  it('is all of it where all fits', () => {
    assert.deepEqual(choose({ oldest: [1, 2], shares: [[3], [4, 5]], next: [6] }), [1, 2, 3, 4, 5, 6]);
  });

  it('is the oldest that fit where nobody has a turn', () => {
    assert.deepEqual(choose({ oldest: [10, 10, 10, 1] }), [10, 10, 10]);
    assert.deepEqual(choose({ oldest: [31, 1] }), [31]);
  });

  it('keeps a third for the users whose turn it is, however large the oldest items are', () => {
    assert.deepEqual(choose({ oldest: [10, 10, 10], shares: [[5, 5, 5], [5]] }), [10, 10, 5, 5]);
  });

  it('has at least one item of each of them', () => {
    assert.deepEqual(choose({ oldest: [20], shares: [[9, 1], [9]] }), [20, 9, 9]);
  });

  it('gives what they leave to the oldest again', () => {
    assert.deepEqual(choose({ oldest: [15, 15, 9], shares: [[5]], next: [1] }), [15, 5]);
    assert.deepEqual(choose({ oldest: [15, 9, 9], shares: [[5]], next: [1] }), [15, 5, 9]);
  });
});
