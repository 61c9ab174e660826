import { TUNING } from '../config.ts';

const { perSource, windowMs, perDay, dayMs, longestPauseMs, knownMs, mostKnown } = TUNING.guessing;

/** The attempts to sign in with one e-mail address. All times are epoch milliseconds. */
export interface Guesses {
  dayStart: number;
  /** Of the day, from everywhere. */
  failures: number;
  /** By the caller's network. */
  sources: Record<string, Source>;
}

export interface Source {
  /** In a row, with less than a window between them. */
  failures: number;
  lastAttempt: number;
  /** Of the day. */
  failuresOfDay: number;
  /** How often it has spent its budget this day. */
  pauses: number;
  pausedUntil: number;
  /** Until when it counts as one that the owner has signed in from; 0 for never. */
  knownUntil: number;
}

export type Verdict =
  | { kind: 'allowed' }
  /** This source has spent its own budget. */
  | { kind: 'paused'; until: number }
  /** The address is under attack from elsewhere; this source must not learn anything. */
  | { kind: 'spent' };

/**
 * Counts an attempt before its password is looked at (ASVS 5.0 6.3.1): whoever is allowed has paid for a failure,
 * and gets it back by `succeeded`. A source that the owner has signed in from pays from a day's budget of its own.
 */
export function countAttempt(
  stored: Guesses | null,
  source: string,
  now: number,
): { guesses: Guesses | null; result: Verdict } {
  const guesses = ofToday(stored, now);
  const mine = guesses.sources[source] ?? newSource(now);
  if (mine.pausedUntil > now) return { guesses: null, result: { kind: 'paused', until: mine.pausedUntil } };
  const isKnown = mine.knownUntil > now;
  if (isKnown && mine.failuresOfDay >= perDay) {
    return { guesses: null, result: { kind: 'paused', until: guesses.dayStart + dayMs } };
  }
  if (!isKnown && guesses.failures >= perDay) return { guesses: null, result: { kind: 'spent' } };

  const failures = mine.lastAttempt + windowMs > now ? mine.failures + 1 : 1;
  const isLast = failures >= perSource;
  const pause = Math.min(windowMs * 2 ** mine.pauses, longestPauseMs);
  const counted: Source = {
    ...mine,
    lastAttempt: now,
    failures: isLast ? 0 : failures,
    failuresOfDay: mine.failuresOfDay + 1,
    pauses: mine.pauses + Number(isLast),
    pausedUntil: isLast ? now + pause : 0,
  };
  const sources = { ...guesses.sources, [source]: counted };
  return { guesses: { ...guesses, failures: guesses.failures + 1, sources }, result: { kind: 'allowed' } };
}

/** After a sign-in: its source is a known one, starts afresh, and the day gets its attempt back. */
export function succeeded(stored: Guesses | null, source: string, now: number, paid: boolean): Guesses {
  const guesses = ofToday(stored, now);
  const fresh = { ...newSource(now), knownUntil: now + knownMs };
  const failures = Math.max(0, guesses.failures - Number(paid));
  return { ...guesses, failures, sources: bounded({ ...guesses.sources, [source]: fresh }) };
}

/** When nothing of it matters any more. */
export function forgettableAt({ dayStart, sources }: Guesses): number {
  return Math.max(dayStart + dayMs, ...Object.values(sources).map(relevantUntil));
}

function relevantUntil({ lastAttempt, pausedUntil, knownUntil }: Source): number {
  return Math.max(lastAttempt + windowMs, pausedUntil, knownUntil);
}

function newSource(now: number): Source {
  return { lastAttempt: now, failures: 0, failuresOfDay: 0, pauses: 0, pausedUntil: 0, knownUntil: 0 };
}

/** A new day begins with the first attempt after the old one; a source that still matters is remembered. */
function ofToday(stored: Guesses | null, now: number): Guesses {
  if (stored && stored.dayStart + dayMs > now) return stored;
  const kept = Object.entries(stored?.sources ?? {})
    .filter(([, source]) => relevantUntil(source) > now)
    .map(([name, source]) => [name, { ...source, failuresOfDay: 0, pauses: 0 }]);
  return { dayStart: now, failures: 0, sources: Object.fromEntries(kept) };
}

/** At most so many known sources, the latest ones. */
function bounded(sources: Record<string, Source>): Record<string, Source> {
  const known = Object.entries(sources).filter(([, { knownUntil }]) => knownUntil > 0);
  const oldest = known.toSorted(([, a], [, b]) => b.knownUntil - a.knownUntil).slice(mostKnown);
  const dropped = new Set(oldest.map(([name]) => name));
  return Object.fromEntries(Object.entries(sources).filter(([name]) => !dropped.has(name)));
}
