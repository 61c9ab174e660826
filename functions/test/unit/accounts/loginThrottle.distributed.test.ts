import assert from 'node:assert/strict';
import type { LoginAttempts } from '../../../src/accounts/loginThrottle.ts';
import { countAttempt, succeeded } from '../../support/loginAttempts.ts';

const MINUTE = 60_000;
const WINDOW = 15 * MINUTE;
const DAY = 24 * 60 * MINUTE;
const START = Date.parse('2026-03-01T12:00:00Z');
const HOME = '192.0.2.1';

/** What is known of one address, and a clock. */
function setUp() {
  const about: { attempts: LoginAttempts | null; now: number } = { attempts: null, now: START };
  const attempt = (source: string) => {
    const { attempts, result } = countAttempt(about.attempts, source, about.now);
    about.attempts = attempts ?? about.attempts;
    return result;
  };
  const attempts = (times: number, source: string) =>
    Array.from({ length: times }, () => attempt(source).kind).filter((kind) => kind === 'allowed').length;
  const signIn = (source: string) => {
    about.attempts = succeeded(about.attempts, source, about.now, true);
  };
  /** Each guess from a source of its own. */
  const attack = (times: number, from = 'a') =>
    Array.from({ length: times }, (_, guess) => attempt(`${from}${guess}`).kind);
  const pass = (milliseconds: number) => {
    about.now += milliseconds;
  };
  const sources = () => Object.values(about.attempts?.sources ?? {});
  return { about, attempt, attempts, signIn, attack, pass, sources };
}

describe('guessing from everywhere', () => {
  it('is over for the day after a hundred failures, and tells nobody so', () => {
    const { attack, attempt, pass } = setUp();
    const kinds = attack(150);
    assert.deepEqual(kinds.slice(0, 100), Array(100).fill('allowed'));
    assert.deepEqual(kinds.slice(100), Array(50).fill('spent'));
    pass(DAY - 1);
    assert.deepEqual(attempt(HOME), { kind: 'spent' });
    pass(1);
    assert.equal(attempt(HOME).kind, 'allowed');
    assert.equal(attack(150, 'b').filter((kind) => kind === 'allowed').length, 99);
  });

  it('does not lock out a source that has signed in before, but for its own failures', () => {
    const { attack, attempt, attempts, signIn } = setUp();
    attempt(HOME);
    signIn(HOME);
    attack(10_000);
    assert.equal(attempts(100, HOME), 10);
    assert.deepEqual(attempt(HOME), { kind: 'paused', until: START + WINDOW });
  });

  it('leaves such a source a hundred failures a day, and then pauses it until the next', () => {
    const { about, attack, attempt, attempts, signIn, pass } = setUp();
    signIn(HOME);
    attack(150);
    let failures = 0;
    while (about.now < START + DAY - WINDOW) {
      failures += attempts(5, HOME);
      pass(WINDOW);
    }
    assert.equal(failures, 100);
    assert.deepEqual(attempt(HOME), { kind: 'paused', until: START + DAY });
    pass(START + DAY - about.now);
    assert.equal(attempts(5, HOME), 5);
  });

  it('counts the failures of such a source for the others', () => {
    const { attack, attempts, signIn } = setUp();
    signIn(HOME);
    attempts(10, HOME);
    assert.equal(attack(150).filter((kind) => kind === 'allowed').length, 90);
  });

  it('knows a source for 90 days after it signed in', () => {
    const { attack, attempt, signIn, pass } = setUp();
    signIn(HOME);
    pass(90 * DAY - WINDOW);
    attack(150);
    pass(WINDOW - 1);
    assert.equal(attempt(HOME).kind, 'allowed');
    pass(1);
    assert.equal(attempt(HOME).kind, 'spent');
  });

  it('fills no record: 10,000 attempts leave a hundred sources, and those that signed in', () => {
    const { attack, signIn, sources, pass } = setUp();
    for (let owner = 0; owner < 60; owner += 1) {
      signIn(`owner${owner}`);
      pass(1);
    }
    attack(10_000);
    signIn('owner30');
    assert.equal(sources().filter(({ knownUntil }) => knownUntil === 0).length, 100);
    assert.equal(sources().filter(({ knownUntil }) => knownUntil > 0).length, 50);
  });

  it('keeps of yesterday only the sources that still matter', () => {
    const { about, attack, attempt, attempts, signIn, pass } = setUp();
    attack(20);
    signIn(HOME);
    pass(DAY - WINDOW);
    attempt('long ago');
    pass(1);
    attempt('lately');
    attempts(10, 'paused');
    pass(WINDOW - 1);
    attempt('today');
    const names = Object.keys(about.attempts?.sources ?? {}).toSorted();
    assert.deepEqual(names, [HOME, 'lately', 'paused', 'today']);
    assert.deepEqual([about.attempts?.dayStart, about.attempts?.failures], [START + DAY, 1]);
  });

  it('drops the sources that signed in the longest ago, when there are more than fifty', () => {
    const { about, signIn, pass } = setUp();
    for (let owner = 0; owner < 60; owner += 1) {
      signIn(`owner${owner}`);
      pass(1);
    }
    const names = Object.keys(about.attempts?.sources ?? {});
    assert.deepEqual(
      names,
      Array.from({ length: 50 }, (_, index) => `owner${index + 10}`),
    );
  });
});
