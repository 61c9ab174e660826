import assert from 'node:assert/strict';
import { formatArchive, formatPlan, makePlan, PRICES } from './plan.ts';
import type { Stored } from './stored.ts';

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

  it('counts four writes for a stored tweet that is enriched', () => {
    const { worth, writes } = makePlan(likes(10), storedOf(4, null), 0, PER_MINUTE);
    assert.deepEqual([worth, writes], [{ new: 6, enriching: 4, duplicate: 0 }, 6 * 2 + 4 * 4]);
  });

  it('excludes the tweets of an earlier run', () => {
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

  it('is formatted with the first of the skipped likes', () => {
    const skipped = Array.from({ length: 7 }, (_, index) => ({
      place: `like.js, line ${index}`,
      reason: 'bad',
    }));
    const found = {
      ...likes(40_000),
      invalid: skipped,
      droppedUrls: skipped.slice(0, 1),
      repeated: 2,
      hidden: 3,
    };
    const archive = { files: [], skipped: [{ place: '../x', reason: 'out' }], note: 'No manifest.' };
    const plan = makePlan(found, storedOf(100), 0, PER_MINUTE);
    const output = `${formatArchive(archive, found)}\n${formatPlan(plan)}`;
    for (const text of [
      'Read:\n  data/like.js: 40,000 likes\n  No manifest.\n',
      'Not read:\n  ../x: out\n',
      '        3 without text',
      '   40,009 likes in the archive\n',
      '        7 invalid, skipped\n',
      '        2 repeated in the archive\n',
      '      100 already stored\n',
      '   39,900 new\n',
      'Invalid:\n  like.js, line 0: bad\n',
      'like.js, line 4: bad\n  and 2 more\n',
      'Imported without a URL:\n  like.js, line 0: bad\n',
      `about 79,800, of which 20,000 a day are free (${PRICES.asOf}): free over 4 days, or about $0.05 in one day`,
      'Time: about 40 minutes',
    ]) {
      assert.ok(output.includes(text), `${text}\nin\n${output}`);
    }
    assert.ok(!output.includes('earlier run'));
  });

  it('shows no cost if there is nothing to do', () => {
    const output = formatPlan(makePlan(likes(5), storedOf(5), 0, PER_MINUTE));
    assert.match(output, /^ +5 already stored\n +0 new$/);
  });
});
