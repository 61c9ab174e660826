import assert from 'node:assert/strict';
import { chosen } from '../../../src/tweets/turn.ts';

/** Items such as `a10`: one of user a, of ten bytes. */
const choose = (turn: string, oldest: string, shares = '', next = '') => {
  const items = (words: string) => words.split(' ').filter(Boolean);
  const batch = chosen(
    { oldest: items(oldest), shares: items(shares), next: items(next) },
    {
      turn: [...turn],
      userOf: (item) => item.charAt(0),
      bytesOf: (item) => Number(item.slice(1)),
      most: 30,
    },
  );
  return batch.join(' ');
};

describe('a batch of bounded bytes', () => {
  it('is all of it where all fits', () => {
    assert.equal(choose('bc', 'a1 a2', 'b3 c4 c5', 'a6'), 'a1 a2 b3 c4 c5 a6');
  });

  it('is the oldest that fit where nobody has a turn', () => {
    assert.equal(choose('', 'a10 b10 a10 b1'), 'a10 b10 a10');
    assert.equal(choose('', 'a31 b1'), 'a31');
    assert.equal(choose('', ''), '');
  });

  it('keeps a third for the users whose turn it is, however large the oldest items are', () => {
    assert.equal(choose('bc', 'a10 a10 a10', 'b5 b5 b5 c5'), 'a10 a10 b5 c5');
  });

  it('has at least one item of each of them', () => {
    assert.equal(choose('bc', 'a20', 'b9 b1 c9'), 'a20 b9 c9');
  });

  it('finds their items among the oldest, too, where these do not fit', () => {
    assert.equal(choose('bc', 'a10 a10 a10 a10 b5 c5'), 'a10 a10 b5 c5');
  });

  it('gives what they leave to the oldest again', () => {
    assert.equal(choose('b', 'a15 a15 a9', 'b5', 'a1'), 'a15 b5');
    assert.equal(choose('b', 'a15 a9 a9', 'b5', 'a1'), 'a15 b5 a9');
    assert.equal(choose('bc', 'a15 a9'), 'a15 a9');
  });
});
