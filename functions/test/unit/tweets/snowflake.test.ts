import assert from 'node:assert/strict';
import { postedAt } from '../../../src/tweets/snowflake.ts';

const now = new Date('2026-03-01T12:00:00Z');

describe('the time in the id of a tweet', () => {
  it('is when it was posted, to the millisecond', () => {
    assert.equal(postedAt('1050118621198921728', now), '2018-10-10T20:19:24.211Z');
  });

  it('is not in ids from before they held it', () => {
    assert.equal(postedAt('29700859246', now), null);
    assert.equal(postedAt('29700859247', now)?.slice(0, 10), '2010-11-04');
    for (const id of ['0', '20', '00000000000000000020']) assert.equal(postedAt(id, now), null);
  });

  it('is not taken from an id that means a time to come', () => {
    const at = (time: number) => String((BigInt(time) - 1_288_834_974_657n) << 22n);
    assert.equal(postedAt(at(now.getTime()), now), now.toISOString());
    assert.equal(postedAt(at(now.getTime() + 1), now), null);
    assert.equal(postedAt('9'.repeat(20), now), null);
  });
});
