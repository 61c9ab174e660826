import assert from 'node:assert/strict';
import type { Guesses } from '../../../src/accounts/guesses.ts';
import { countAttempt, succeeded } from '../../support/guesses.ts';

const MINUTE = 60_000;
const WINDOW = 15 * MINUTE;
const DAY = 24 * 60 * MINUTE;
const START = Date.parse('2026-03-01T12:00:00Z');
const [HOME, ELSEWHERE] = ['192.0.2.1', '198.51.100.1'];

/** What is known of one address, and a clock. */
function setUp() {
  const about: { guesses: Guesses | null; now: number } = { guesses: null, now: START };
  const attempt = (source = HOME) => {
    const { guesses, result } = countAttempt(about.guesses, source, about.now);
    about.guesses = guesses ?? about.guesses;
    return result;
  };
  const attempts = (times: number, source = HOME) =>
    Array.from({ length: times }, () => attempt(source).kind).filter((kind) => kind === 'allowed').length;
  const signIn = (source = HOME, paid = true) => {
    about.guesses = succeeded(about.guesses, source, about.now, paid);
  };
  const attack = (times: number) => {
    for (let guess = 0; guess < times; guess += 1) attempt(`203.0.113.${guess}`);
  };
  const pass = (milliseconds: number) => {
    about.now += milliseconds;
  };
  const pausedFor = () => {
    const verdict = attempt();
    return verdict.kind === 'paused' ? verdict.until - about.now : verdict.kind;
  };
  return { about, attempt, attempts, signIn, attack, pass, pausedFor };
}

describe('guessing from one source', () => {
  it('is over for 15 minutes after ten failures', () => {
    const { attempts, pass, pausedFor } = setUp();
    assert.equal(attempts(100), 10);
    assert.equal(pausedFor(), WINDOW);
    pass(WINDOW - 1);
    assert.equal(pausedFor(), 1);
    pass(1);
    assert.equal(attempts(100), 10);
  });

  it('leaves another source its own ten', () => {
    const { attempts } = setUp();
    attempts(10);
    assert.equal(attempts(100, ELSEWHERE), 10);
  });

  it('is paused twice as long each further time that day', () => {
    const { attempts, pass, pausedFor, about } = setUp();
    const pauses = [];
    while (about.now < START + DAY) {
      attempts(10);
      const pause = Number(pausedFor());
      pauses.push(pause / WINDOW);
      pass(pause);
    }
    assert.deepEqual(pauses, [1, 2, 4, 8, 16, 32, 64]);
  });

  it('is paused for a day at most', () => {
    const { about, attempt, attempts, pausedFor } = setUp();
    attempts(1);
    const source = about.guesses?.sources[HOME];
    assert.ok(source);
    for (const pauses of [6, 7, 50, 2000]) {
      Object.assign(source, { pauses, failures: 9, pausedUntil: 0 });
      assert.equal(countAttempt(about.guesses, HOME, about.now).result.kind, 'allowed');
      const { guesses } = countAttempt(about.guesses, HOME, about.now);
      assert.equal(guesses?.sources[HOME]?.pausedUntil, about.now + Math.min(WINDOW * 2 ** pauses, DAY));
    }
    assert.equal(attempt().kind, 'allowed');
    assert.equal(pausedFor(), DAY);
  });

  it('is not told by attempts that were refused', () => {
    const { about, attempts } = setUp();
    attempts(10);
    const before = structuredClone(about.guesses);
    attempts(100);
    assert.deepEqual(about.guesses, before);
  });

  it('starts afresh after 15 minutes without an attempt, and no earlier', () => {
    const { attempts, pass } = setUp();
    attempts(9);
    pass(WINDOW);
    assert.equal(attempts(9), 9);
    pass(WINDOW - 1);
    assert.equal(attempts(9), 1, 'the failures before still count');
  });

  it('does not get more by waiting for a new day', () => {
    const { attempt, attempts, pass, pausedFor } = setUp();
    attempts(1, ELSEWHERE);
    pass(DAY - 17 * MINUTE);
    attempts(10);
    pass(WINDOW);
    attempts(10);
    attempts(9, ELSEWHERE);
    pass(2 * MINUTE);
    assert.equal(attempts(100, ELSEWHERE), 1);
    pass(27 * MINUTE);
    assert.equal(attempt().kind, 'paused');
    pass(MINUTE);
    assert.equal(attempts(100), 10);
    assert.equal(pausedFor(), WINDOW, 'but starts with a short pause');
  });
});

describe('the right password', () => {
  it('gives the attempt back: an owner signs in as often as they like', () => {
    const { about, attempt, signIn } = setUp();
    for (let time = 0; time < 1000; time += 1) {
      assert.equal(attempt().kind, 'allowed');
      signIn();
    }
    assert.equal(about.guesses?.failures, 0);
  });

  it('gives nothing back that was not paid', () => {
    const { about, signIn, attack } = setUp();
    attack(3);
    signIn(HOME, false);
    assert.equal(about.guesses?.failures, 3);
    signIn();
    assert.equal(about.guesses?.failures, 2);
    for (let time = 0; time < 5; time += 1) signIn();
    assert.equal(about.guesses?.failures, 0, 'and no more than there was');
  });

  it('ends the failures and the pause of its source, and of no other', () => {
    const { attempt, attempts, signIn } = setUp();
    attempts(10, ELSEWHERE);
    attempts(9);
    assert.equal(attempt().kind, 'allowed');
    signIn();
    assert.equal(attempt(ELSEWHERE).kind, 'paused');
    assert.equal(attempts(100), 10);
  });
});
