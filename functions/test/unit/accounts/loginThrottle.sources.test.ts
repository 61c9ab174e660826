import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  type AttemptSource,
  attemptSourceOf,
  countAttempt,
  type LoginAttempts,
  refundAttempt,
  trustSource,
} from '../../../src/accounts/loginThrottle.ts';

const WINDOW = 15 * 60_000;
const DAY = 96 * WINDOW;
const START = Date.parse('2026-03-01T12:00:00Z');
const STRANGER: AttemptSource = { source: 'network', isKnown: false };
const OTHER: AttemptSource = { source: 'other', isKnown: false };
const OWNER: AttemptSource = { source: 'route', isKnown: true };

/** What is left after so many attempts, and how many of them were allowed. */
function attemptTimes(stored: LoginAttempts | null, guesser: AttemptSource, times: number, now = START) {
  let [attempts, allowed] = [stored, 0];
  for (let attempt = 0; attempt < times; attempt += 1) {
    const counted = countAttempt(attempts, guesser, now);
    attempts = counted.attempts ?? attempts;
    if (counted.result.kind === 'allowed') allowed += 1;
  }
  return { attempts, allowed };
}

describe('who guesses', () => {
  const names = { route: 'route', network: 'network' };

  it('is a network, until the owner has signed in on the route', () => {
    assert.deepEqual(attemptSourceOf(null, names, START), STRANGER);
    const { attempts } = attemptTimes(null, STRANGER, 3);
    assert.deepEqual(attemptSourceOf(attempts, names, START), STRANGER);
    const known = trustSource(attempts, 'route', START);
    assert.deepEqual(attemptSourceOf(known, names, START), OWNER);
    assert.deepEqual(attemptSourceOf(known, { ...names, route: 'another' }, START), STRANGER);
  });

  it('is a network again, when that was 90 days ago', () => {
    const known = trustSource(null, 'route', START);
    assert.ok(attemptSourceOf(known, names, START + 90 * DAY - 1).isKnown);
    assert.deepEqual(attemptSourceOf(known, names, START + 90 * DAY), STRANGER);
  });

  it('has as a known route a budget that others on its network do not spend', () => {
    const spent = attemptTimes(trustSource(null, 'route', START), STRANGER, 20);
    assert.equal(spent.allowed, 10);
    assert.equal(attemptTimes(spent.attempts, OWNER, 20).allowed, 10);
  });

  it('is told that a failure is the last one before a pause', () => {
    const lasts = Array.from({ length: 12 }, (_, before) => {
      const { result } = countAttempt(attemptTimes(null, STRANGER, before).attempts, STRANGER, START);
      return result.kind === 'allowed' && result.isLast;
    });
    assert.deepEqual(lasts, [...Array(9).fill(false), true, false, false]);
  });
});

describe('a pause', () => {
  it('lasts beyond the day that it began in', () => {
    const end = START + DAY;
    let { attempts } = attemptTimes(null, OTHER, 1);
    ({ attempts } = attemptTimes(attempts, STRANGER, 10, end - WINDOW - 2));
    ({ attempts } = attemptTimes(attempts, STRANGER, 10, end - 2));
    for (const later of [0, WINDOW, 2 * WINDOW - 3]) {
      const { result } = countAttempt(attempts, STRANGER, end + later);
      assert.deepEqual(result, { kind: 'paused', until: end - 2 + 2 * WINDOW });
    }
    assert.equal(attemptTimes(attempts, STRANGER, 20, end + 2 * WINDOW - 2).allowed, 10);
  });
});

describe('an attempt that turned out right', () => {
  it('is given back, and no other', () => {
    const { attempts } = attemptTimes(null, STRANGER, 7);
    assert.deepEqual(refundAttempt(attempts, 'network', START), attemptTimes(null, STRANGER, 6).attempts);
  });

  it('takes the pause back that began meanwhile, and counts what failed beside it', () => {
    const { attempts } = attemptTimes(null, STRANGER, 10);
    const given = refundAttempt(attempts, 'network', START + 300);
    assert.equal(given.failures, 9);
    const again = attemptTimes(given, STRANGER, 20, START + 300);
    assert.equal(again.allowed, 1);
    const { result } = countAttempt(again.attempts, STRANGER, START + 300);
    assert.deepEqual(result, { kind: 'paused', until: START + 300 + WINDOW });
  });

  it('is given back as often as there was one', () => {
    let { attempts } = attemptTimes(null, STRANGER, 10);
    for (let right = 0; right < 3; right += 1) attempts = refundAttempt(attempts, 'network', START);
    assert.equal(attemptTimes(attempts, STRANGER, 20).allowed, 3);
    for (let right = 0; right < 20; right += 1) attempts = refundAttempt(attempts, 'network', START);
    assert.equal(attemptTimes(attempts, STRANGER, 20).allowed, 10);
  });

  it('leaves other sources as they are', () => {
    const { attempts } = attemptTimes(null, OTHER, 10);
    const given = refundAttempt(attemptTimes(attempts, STRANGER, 1).attempts, 'network', START);
    assert.deepEqual(given.sources.other, attempts?.sources.other);
    assert.deepEqual(trustSource(given, 'route', START).sources.other, attempts?.sources.other);
  });

  it('is given back of nothing, when its day is over', () => {
    const { attempts } = attemptTimes(attemptTimes(null, STRANGER, 3).attempts, STRANGER, 1, START + DAY - 1);
    const { dayStart, failures, sources } = refundAttempt(attempts, 'network', START + DAY);
    assert.deepEqual([dayStart, failures, sources.network?.failuresOfDay], [START + DAY, 0, 0]);
  });

  it('does not make the next pause shorter, when a day began meanwhile', () => {
    const end = START + DAY;
    let attempts: LoginAttempts | null = attemptTimes(null, OTHER, 1).attempts;
    ({ attempts } = attemptTimes(attempts, STRANGER, 10, end - 1));
    attempts = refundAttempt(attempts, 'network', end);
    ({ attempts } = attemptTimes(attempts, STRANGER, 20, end));
    const { result } = countAttempt(attempts, STRANGER, end);
    assert.deepEqual(result, { kind: 'paused', until: end + WINDOW });
  });

  it("never adds to anybody's budget, whenever it is found to be right", () => {
    const step = fc.record({
      kind: fc.constantFrom('attempt', 'attempt', 'attempt', 'right'),
      wait: fc.oneof({ weight: 6, arbitrary: fc.constant(0) }, fc.constantFrom(1000, WINDOW, DAY)),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100, size: 'max' }), (steps) => {
        let [attempts, now]: [LoginAttempts | null, number] = [null, START];
        /** When attempts were allowed of which it is not known that they were right. */
        const open: number[] = [];
        for (const { kind, wait } of steps) {
          now += wait;
          if (kind === 'attempt') {
            const counted = countAttempt(attempts, STRANGER, now);
            attempts = counted.attempts ?? attempts;
            if (counted.result.kind === 'allowed') open.push(now);
          } else if (open.length > 0) {
            open.pop();
            attempts = refundAttempt(attempts, 'network', now);
          }
          const failed = open.filter((at) => at > now - WINDOW).length;
          assert.ok(failed <= 10, `${failed} in 15 minutes`);
        }
      }),
    );
  });
});
