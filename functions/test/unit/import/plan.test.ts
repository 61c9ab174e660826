import assert from 'node:assert/strict';
import { inWords, makePlan, PRICES } from '../../../../scripts/import/plan.ts';
import type { Stored } from '../../../../scripts/import/stored.ts';

const likes = (count: number) => ({
  tweets: Array.from({ length: count }, (_, index) => ({ tweetId: String(index + 1), tweetText: 'x' })),
  invalid: [],
  droppedUrls: [],
  repeated: 0,
});
const PER_MINUTE = 1000;
const storedOf = (count: number, tweetText = true): Stored =>
  new Map(Array.from({ length: count }, (_, index) => [String(index + 1), { tweetText, tweetUrl: false }]));

describe('the plan of an import', () => {
  it('counts two writes for a new tweet, and none for one that is stored', () => {
    const { worth, writes, minutes } = makePlan(likes(3000), storedOf(500), 0, PER_MINUTE);
    assert.deepEqual(worth, { new: 2500, enriching: 0, duplicate: 500 });
    assert.deepEqual([writes, minutes], [5000, 3]);
  });

  it('counts what fills in a stored tweet', () => {
    const { worth, writes } = makePlan(likes(10), storedOf(4, false), 0, PER_MINUTE);
    assert.deepEqual([worth, writes], [{ new: 6, enriching: 4, duplicate: 0 }, 6 * 2 + 4 * 4]);
  });

  it('is about what an earlier run has left', () => {
    assert.equal(makePlan(likes(10), storedOf(8), 8, PER_MINUTE).worth.new, 2);
    assert.equal(makePlan(likes(10), storedOf(8), 8, PER_MINUTE).worth.duplicate, 0);
  });

  for (const [count, days, dollars] of [
    [0, 0, 0],
    [10_000, 1, 0],
    [10_001, 2, 0.0000018],
    [40_000, 4, 0.054],
  ] as const) {
    it(`of ${count} new tweets takes ${days} free days, or $${dollars} at once`, () => {
      const plan = makePlan(likes(count), new Map(), 0, PER_MINUTE);
      assert.equal(plan.freeDays, days);
      assert.ok(Math.abs(plan.dollars - dollars) < 1e-9, String(plan.dollars));
    });
  }

  it('says all of it in words, with the first of what is left out', () => {
    const leftOut = Array.from({ length: 7 }, (_, index) => ({
      place: `like.js, line ${index}`,
      reason: 'bad',
    }));
    const found = { ...likes(40_000), invalid: leftOut, droppedUrls: leftOut.slice(0, 1), repeated: 2 };
    const words = inWords(found, makePlan(found, storedOf(100), 0, PER_MINUTE));
    for (const text of [
      '   40,009 likes in the archive\n',
      '        7 invalid, left out\n',
      '        2 repeated in the archive\n',
      '      100 stored already\n',
      '   39,900 new\n',
      'Invalid:\n  like.js, line 0: bad\n',
      'like.js, line 4: bad\n  and 2 more\n',
      'Imported without their address:\n  like.js, line 0: bad\n',
      `about 79,800, of which 20,000 a day are free (${PRICES.asOf}): 4 days to stay free, all at once about $0.05`,
      'Time: about 40 minutes',
    ]) {
      assert.ok(words.includes(text), `${text}\nin\n${words}`);
    }
    assert.ok(!words.includes('earlier run'));
  });
});
