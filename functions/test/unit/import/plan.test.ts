import assert from 'node:assert/strict';
import { archiveInWords, makePlan, PRICES, planInWords } from '../../../../scripts/import/plan.ts';
import type { Stored } from '../../../../scripts/import/stored.ts';

const likes = (count: number) => ({
  tweets: Array.from({ length: count }, (_, index) => ({ tweetId: String(index + 1), tweetText: 'x' })),
  invalid: [],
  droppedUrls: [],
  repeated: 0,
  hidden: 0,
  files: [{ name: 'data/like.js', count }],
});
const PER_MINUTE = 1000;
const storedOf = (count: number, tweetText: string | null = 'x'): Stored =>
  new Map(Array.from({ length: count }, (_, index) => [String(index + 1), { tweetText, hasUrl: false }]));

describe('the plan of an import', () => {
  it('counts two writes for a new tweet, and none for one that is stored', () => {
    const { worth, writes, minutes } = makePlan(likes(3000), storedOf(500), 0, PER_MINUTE);
    assert.deepEqual(worth, { new: 2500, enriching: 0, duplicate: 500 });
    assert.deepEqual([writes, minutes], [5000, 3]);
  });

  it('counts what fills in a stored tweet', () => {
    const { worth, writes } = makePlan(likes(10), storedOf(4, null), 0, PER_MINUTE);
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
    const found = {
      ...likes(40_000),
      invalid: leftOut,
      droppedUrls: leftOut.slice(0, 1),
      repeated: 2,
      hidden: 3,
    };
    const archive = { files: [], skipped: [{ place: '../x', reason: 'out' }], note: 'No manifest.' };
    const plan = makePlan(found, storedOf(100), 0, PER_MINUTE);
    const words = `${archiveInWords(archive, found)}\n${planInWords(plan)}`;
    for (const text of [
      'Read:\n  data/like.js: 40,000 likes\n  No manifest.\n',
      'Not looked at:\n  ../x: out\n',
      '        3 without their text, which X does not show',
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

  it('says nothing of costs if there is nothing to do', () => {
    const words = planInWords(makePlan(likes(5), storedOf(5), 0, PER_MINUTE));
    assert.match(words, /^ +5 stored already\n +0 new$/);
  });
});
