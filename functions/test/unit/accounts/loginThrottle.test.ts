import assert from 'node:assert/strict';
import {
  countAttempt as countSession,
  LOGIN_THROTTLE,
  type LoginAttempts,
  refundAttempt,
  trustSource,
} from '../../../src/accounts/loginThrottle.ts';
import { countAttempt, succeeded } from '../../support/loginAttempts.ts';

const MINUTE = 60_000;
const WINDOW = 15 * MINUTE;
const DAY = 24 * 60 * MINUTE;
const START = Date.parse('2026-03-01T12:00:00Z');
const [HOME, ELSEWHERE] = ['192.0.2.1', '198.51.100.1'];

/** What is known of one address, and a clock. */
function setUp() {
  const about: { attempts: LoginAttempts | null; now: number } = { attempts: null, now: START };
  const attempt = (source = HOME) => {
    const { attempts, result } = countAttempt(about.attempts, source, about.now);
    about.attempts = attempts ?? about.attempts;
    return result;
  };
  const attempts = (times: number, source = HOME) =>
    Array.from({ length: times }, () => attempt(source).kind).filter((kind) => kind === 'allowed').length;
  const signIn = (source = HOME, paid = true) => {
    about.attempts = succeeded(about.attempts, source, about.now, paid);
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
    const source = about.attempts?.sources[HOME];
    assert.ok(source);
    for (const pauses of [6, 7, 50, 2000]) {
      Object.assign(source, { pauses, failures: 9, pausedUntil: 0 });
      assert.equal(countAttempt(about.attempts, HOME, about.now).result.kind, 'allowed');
      const { attempts } = countAttempt(about.attempts, HOME, about.now);
      assert.equal(attempts?.sources[HOME]?.pausedUntil, about.now + Math.min(WINDOW * 2 ** pauses, DAY));
    }
    assert.equal(attempt().kind, 'allowed');
    assert.equal(pausedFor(), DAY);
  });

  it('is not told by attempts that were refused', () => {
    const { about, attempts } = setUp();
    attempts(10);
    const before = structuredClone(about.attempts);
    attempts(100);
    assert.deepEqual(about.attempts, before);
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
    assert.equal(about.attempts?.failures, 0);
  });

  it('gives nothing back that was not paid', () => {
    const { about, signIn, attack } = setUp();
    attack(3);
    signIn(HOME, false);
    assert.equal(about.attempts?.failures, 3);
    signIn();
    assert.equal(about.attempts?.failures, 2);
    for (let time = 0; time < 5; time += 1) signIn();
    assert.equal(about.attempts?.failures, 0, 'and no more than there was');
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

describe('what is stored of the attempts at one address', () => {
  const source = (different: object) => ({
    failures: 0,
    lastAttempt: START,
    failuresOfDay: 0,
    pauses: 0,
    pausedUntil: 0,
    knownUntil: 0,
    ...different,
  });
  /** As it was before there was a bound: near the 1 MiB that Firestore takes. */
  const grown = (count: number): LoginAttempts => ({
    dayStart: START,
    failures: 99,
    sources: Object.fromEntries(
      Array.from({ length: count }, (_, index) => [
        `session ${index}`,
        source({ lastAttempt: START + index }),
      ]),
    ),
  });
  const { maxSources, maxKnown } = LOGIN_THROTTLE;
  const sizeOf = (attempts: LoginAttempts | null) => Buffer.byteLength(JSON.stringify(attempts));

  it('stays small, however many sessions ask for a password', () => {
    let attempts: LoginAttempts | null = null;
    for (let each = 0; each < 1000; each += 1) {
      const session = { source: `session ${each}`, isKnown: true };
      attempts = countSession(attempts, session, START + each).attempts;
      attempts = refundAttempt(attempts, session.source, START + each);
    }
    assert.equal(Object.keys(attempts?.sources ?? {}).length, maxSources);
    assert.ok(sizeOf(attempts) < 100_000);
  });

  it('shrinks where it has grown too large already, by an attempt, a success and a sign-in', () => {
    const stored = grown(7000);
    const wrong = countSession(stored, { source: 'network', isKnown: false }, START + 10_000).attempts;
    const right = refundAttempt(stored, 'network', START + 10_000);
    const signedIn = trustSource(stored, 'route', START + 10_000);
    for (const [attempts, name] of [
      [wrong, 'network'],
      [right, 'network'],
      [signedIn, 'route'],
    ] as const) {
      assert.equal(Object.keys(attempts?.sources ?? {}).length, maxSources);
      assert.ok(attempts?.sources[name], name);
      assert.ok(sizeOf(attempts) < 100_000);
    }
  });

  it('loses neither a pause, nor a known route, nor who has failed most', () => {
    const stored = grown(7000);
    const paused = source({ pausedUntil: START + DAY, lastAttempt: START - DAY });
    const known = source({ knownUntil: START + 90 * DAY, lastAttempt: START - DAY });
    const failed = source({ failuresOfDay: 9, failures: 9, lastAttempt: START - MINUTE });
    Object.assign(stored.sources, { paused, known, failed });
    const { sources } = refundAttempt(stored, 'network', START + 10_000);
    assert.deepEqual([sources.paused, sources.known, sources.failed], [paused, known, failed]);
    assert.equal(sources['session 0'], undefined);
    assert.ok(sources['session 6999']);
  });

  it('has at most so many known routes, the latest ones, also where more are stored', () => {
    const stored = grown(0);
    for (let each = 0; each < 300; each += 1)
      stored.sources[`route ${each}`] = source({ knownUntil: START + DAY + each });
    const { sources } = trustSource(stored, 'new', START);
    assert.equal(Object.keys(sources).length, maxKnown);
    assert.ok(sources.new && sources['route 299'] && !sources['route 0']);
  });
});
