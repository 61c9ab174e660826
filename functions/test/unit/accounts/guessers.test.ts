import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  countAttempt,
  type Guesser,
  type Guesses,
  giveBack,
  guesserOf,
  remember,
} from '../../../src/accounts/loginThrottle.ts';

const WINDOW = 15 * 60_000;
const DAY = 96 * WINDOW;
const START = Date.parse('2026-03-01T12:00:00Z');
const STRANGER: Guesser = { source: 'network', isKnown: false };
const OTHER: Guesser = { source: 'other', isKnown: false };
const OWNER: Guesser = { source: 'route', isKnown: true };

/** What is left after so many attempts, and how many of them were allowed. */
function attempts(stored: Guesses | null, guesser: Guesser, times: number, now = START) {
  let [guesses, allowed] = [stored, 0];
  for (let attempt = 0; attempt < times; attempt += 1) {
    const counted = countAttempt(guesses, guesser, now);
    guesses = counted.guesses ?? guesses;
    if (counted.result.kind === 'allowed') allowed += 1;
  }
  return { guesses, allowed };
}

describe('who guesses', () => {
  const names = { route: 'route', network: 'network' };

  it('is a network, until the owner has signed in on the route', () => {
    assert.deepEqual(guesserOf(null, names, START), STRANGER);
    const { guesses } = attempts(null, STRANGER, 3);
    assert.deepEqual(guesserOf(guesses, names, START), STRANGER);
    const known = remember(guesses, 'route', START);
    assert.deepEqual(guesserOf(known, names, START), OWNER);
    assert.deepEqual(guesserOf(known, { ...names, route: 'another' }, START), STRANGER);
  });

  it('is a network again, when that was 90 days ago', () => {
    const known = remember(null, 'route', START);
    assert.ok(guesserOf(known, names, START + 90 * DAY - 1).isKnown);
    assert.deepEqual(guesserOf(known, names, START + 90 * DAY), STRANGER);
  });

  it('has as a known route a budget that others on its network do not spend', () => {
    const spent = attempts(remember(null, 'route', START), STRANGER, 20);
    assert.equal(spent.allowed, 10);
    assert.equal(attempts(spent.guesses, OWNER, 20).allowed, 10);
  });

  it('is told that a failure is the last one before a pause', () => {
    const lasts = Array.from({ length: 12 }, (_, before) => {
      const { result } = countAttempt(attempts(null, STRANGER, before).guesses, STRANGER, START);
      return result.kind === 'allowed' && result.isLast;
    });
    assert.deepEqual(lasts, [...Array(9).fill(false), true, false, false]);
  });
});

describe('a pause', () => {
  it('lasts beyond the day that it began in', () => {
    const end = START + DAY;
    let { guesses } = attempts(null, OTHER, 1);
    ({ guesses } = attempts(guesses, STRANGER, 10, end - WINDOW - 2));
    ({ guesses } = attempts(guesses, STRANGER, 10, end - 2));
    for (const later of [0, WINDOW, 2 * WINDOW - 3]) {
      const { result } = countAttempt(guesses, STRANGER, end + later);
      assert.deepEqual(result, { kind: 'paused', until: end - 2 + 2 * WINDOW });
    }
    assert.equal(attempts(guesses, STRANGER, 20, end + 2 * WINDOW - 2).allowed, 10);
  });
});

describe('an attempt that turned out right', () => {
  it('is given back, and no other', () => {
    const { guesses } = attempts(null, STRANGER, 7);
    assert.deepEqual(giveBack(guesses, 'network', START), attempts(null, STRANGER, 6).guesses);
  });

  it('takes the pause back that began meanwhile, and counts what failed beside it', () => {
    const { guesses } = attempts(null, STRANGER, 10);
    const given = giveBack(guesses, 'network', START + 300);
    assert.equal(given.failures, 9);
    const again = attempts(given, STRANGER, 20, START + 300);
    assert.equal(again.allowed, 1);
    const { result } = countAttempt(again.guesses, STRANGER, START + 300);
    assert.deepEqual(result, { kind: 'paused', until: START + 300 + WINDOW });
  });

  it('is given back as often as there was one', () => {
    let { guesses } = attempts(null, STRANGER, 10);
    for (let right = 0; right < 3; right += 1) guesses = giveBack(guesses, 'network', START);
    assert.equal(attempts(guesses, STRANGER, 20).allowed, 3);
    for (let right = 0; right < 20; right += 1) guesses = giveBack(guesses, 'network', START);
    assert.equal(attempts(guesses, STRANGER, 20).allowed, 10);
  });

  it('leaves other sources as they are', () => {
    const { guesses } = attempts(null, OTHER, 10);
    const given = giveBack(attempts(guesses, STRANGER, 1).guesses, 'network', START);
    assert.deepEqual(given.sources.other, guesses?.sources.other);
    assert.deepEqual(remember(given, 'route', START).sources.other, guesses?.sources.other);
  });

  it('is given back of nothing, when its day is over', () => {
    const { guesses } = attempts(attempts(null, STRANGER, 3).guesses, STRANGER, 1, START + DAY - 1);
    const { dayStart, failures, sources } = giveBack(guesses, 'network', START + DAY);
    assert.deepEqual([dayStart, failures, sources.network?.failuresOfDay], [START + DAY, 0, 0]);
  });

  it('does not make the next pause shorter, when a day began meanwhile', () => {
    const end = START + DAY;
    let guesses: Guesses | null = attempts(null, OTHER, 1).guesses;
    ({ guesses } = attempts(guesses, STRANGER, 10, end - 1));
    guesses = giveBack(guesses, 'network', end);
    ({ guesses } = attempts(guesses, STRANGER, 20, end));
    const { result } = countAttempt(guesses, STRANGER, end);
    assert.deepEqual(result, { kind: 'paused', until: end + WINDOW });
  });

  it("never adds to anybody's budget, whenever it is found to be right", () => {
    const step = fc.record({
      kind: fc.constantFrom('attempt', 'attempt', 'attempt', 'right'),
      wait: fc.oneof({ weight: 6, arbitrary: fc.constant(0) }, fc.constantFrom(1000, WINDOW, DAY)),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100, size: 'max' }), (steps) => {
        let [guesses, now]: [Guesses | null, number] = [null, START];
        /** When attempts were allowed of which it is not known that they were right. */
        const open: number[] = [];
        for (const { kind, wait } of steps) {
          now += wait;
          if (kind === 'attempt') {
            const counted = countAttempt(guesses, STRANGER, now);
            guesses = counted.guesses ?? guesses;
            if (counted.result.kind === 'allowed') open.push(now);
          } else if (open.length > 0) {
            open.pop();
            guesses = giveBack(guesses, 'network', now);
          }
          const failed = open.filter((at) => at > now - WINDOW).length;
          assert.ok(failed <= 10, `${failed} in 15 minutes`);
        }
      }),
    );
  });
});
