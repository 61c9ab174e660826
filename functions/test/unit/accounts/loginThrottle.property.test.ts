import assert from 'node:assert/strict';
import fc from 'fast-check';
import { expiresAtOf, type LoginAttempts } from '../../../src/accounts/loginThrottle.ts';
import { countAttempt, succeeded } from '../../support/loginAttempts.ts';

const MINUTE = 60_000;
const WINDOW = 15 * MINUTE;
const DAY = 24 * 60 * MINUTE;

type Event = { kind: 'attempt' | 'sign in'; source: string } | { kind: 'wait'; milliseconds: number };

const source = fc.constantFrom('a', 'b', 'c', ...Array.from({ length: 30 }, (_, index) => `s${index}`));
const waiting = fc.oneof(
  fc.nat(MINUTE),
  fc.constantFrom(WINDOW - 1, WINDOW, 2 * WINDOW, DAY - WINDOW, DAY - 1, DAY, 30 * DAY),
  fc.nat(2 * DAY),
);
/** Many attempts in a row are likely, so that budgets are met. */
const events: fc.Arbitrary<Event[]> = fc
  .array(
    fc.oneof(
      {
        weight: 12,
        arbitrary: fc
          .tuple(source, fc.integer({ min: 1, max: 15 }))
          .map(([source, times]) => Array<Event>(times).fill({ kind: 'attempt', source })),
      },
      { weight: 1, arbitrary: source.map((source): Event[] => [{ kind: 'sign in', source }]) },
      { weight: 4, arbitrary: waiting.map((milliseconds): Event[] => [{ kind: 'wait', milliseconds }]) },
    ),
    { maxLength: 80, size: 'max' },
  )
  .map((bursts) => bursts.flat());

/** Plays the events, and tells of each step what was known before it. */
function* played(events: Event[]) {
  let [attempts, now]: [LoginAttempts | null, number] = [null, Date.parse('2026-03-01T12:00:00Z')];
  for (const event of events) {
    const before = attempts;
    let isAllowed = false;
    if (event.kind === 'wait') now += event.milliseconds;
    else {
      const counted = countAttempt(attempts, event.source, now);
      attempts = counted.attempts ?? attempts;
      isAllowed = counted.result.kind === 'allowed';
      assert.equal(counted.attempts !== null, isAllowed, 'who is not allowed costs no write');
      if (isAllowed && event.kind === 'sign in') attempts = succeeded(attempts, event.source, now, true);
    }
    yield { event, before, attempts, now, isAllowed };
  }
}

const holds = (check: (events: Event[]) => void) => fc.assert(fc.property(events, check), { numRuns: 200 });

describe('however attempts, sign-ins and time follow each other,', () => {
  it('no source gets more than ten failures in any 15 minutes, unless it signs in', () => {
    holds((events) => {
      const failures: Record<string, number[]> = {};
      for (const { event, now, isAllowed } of played(events)) {
        if (event.kind === 'sign in' && isAllowed) failures[event.source] = [];
        if (event.kind !== 'attempt' || !isAllowed) continue;
        const mine = [...(failures[event.source] ?? []), now];
        failures[event.source] = mine;
        assert.ok(mine.filter((at) => at > now - WINDOW).length <= 10);
      }
    });
  });

  it('all sources that never signed in get no more than a hundred failures a day', () => {
    holds((events) => {
      const failures: Record<number, number> = {};
      const known = new Set<string>();
      for (const { event, attempts, isAllowed } of played(events)) {
        if (event.kind === 'sign in' && isAllowed) known.add(event.source);
        if (event.kind !== 'attempt' || !isAllowed || known.has(event.source)) continue;
        const day = attempts?.dayStart ?? 0;
        failures[day] = (failures[day] ?? 0) + 1;
        assert.ok(failures[day] <= 100);
      }
    });
  });

  it('a source is locked out by its own failures only, once it has signed in', () => {
    holds((events) => {
      const first = { kind: 'sign in', source: 'owner' } as const;
      for (const { attempts, now } of played([first, ...events])) {
        const knownUntil = attempts?.sources.owner?.knownUntil ?? 0;
        if (now >= knownUntil) return;
        assert.equal(countAttempt(attempts, 'owner', now).result.kind, 'allowed');
      }
    });
  });

  it('a day lasts a day', () => {
    holds((events) => {
      for (const { event, before, attempts, now } of played(events)) {
        if (event.kind === 'wait' || !attempts || before === attempts) continue;
        const isNew = !before || before.dayStart + DAY <= now;
        assert.equal(attempts.dayStart, isNew ? now : before.dayStart);
      }
    });
  });

  it('the record may be forgotten when it makes no difference any more, and not before', () => {
    holds((events) => {
      for (const { attempts } of played(events)) {
        if (!attempts) continue;
        const at = expiresAtOf(attempts);
        for (const source of ['new', ...Object.keys(attempts.sources)]) {
          assert.deepEqual(countAttempt(attempts, source, at), countAttempt(null, source, at));
        }
        assert.notDeepEqual(countAttempt(attempts, 'new', at - 1), countAttempt(null, 'new', at - 1));
      }
    });
  });
});
