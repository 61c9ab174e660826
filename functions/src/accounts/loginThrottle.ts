const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

export const LOGIN_THROTTLE = {
  /** Failures in a row after which a source is paused. */
  perSource: 10,
  /** Failures further apart are not in a row. The first pause is as long; each further one of the day is twice the last. */
  windowMs: 15 * MINUTE,
  /** Failures a day from all unknown sources together, and from each known one. */
  perDay: 100,
  dayMs: 24 * HOUR,
  maxPauseMs: 24 * HOUR,
  knownMs: 90 * 24 * HOUR,
  maxKnown: 50,
  /** They are in one document, which Firestore limits to 1 MiB. 200 take 40 KiB. */
  maxSources: 200,
} as const;

const { perSource, windowMs, perDay, dayMs, maxPauseMs, knownMs, maxKnown, maxSources } = LOGIN_THROTTLE;

/** The attempts to sign in with one e-mail address. Times are epoch milliseconds. */
export interface LoginAttempts {
  dayStart: number;
  /** Of the day, from everywhere. */
  failures: number;
  /** By a name that does not reveal the source. */
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
  /** Until then the source is trusted, because the owner has signed in from it; 0 for never. */
  knownUntil: number;
}

export type Verdict =
  /** `isLast`: its failure begins a pause. */
  | { kind: 'allowed'; isLast: boolean }
  /** The source has used up its own attempts. */
  | { kind: 'paused'; until: number }
  /** The address is under attack from elsewhere. The result must reveal nothing to this source. */
  | { kind: 'spent' };

/** The source of an attempt. A trusted one has a daily limit of its own. */
export interface AttemptSource {
  source: string;
  isKnown: boolean;
}

/** Returns the route if the owner has signed in from it, otherwise the network, which strangers may share. */
export function attemptSourceOf(
  stored: LoginAttempts | null,
  { route, network }: { route: string; network: string },
  now: number,
): AttemptSource {
  const isKnown = (stored?.sources[route]?.knownUntil ?? 0) > now;
  return { source: isKnown ? route : network, isKnown };
}

/**
 * Counts an attempt before its password is looked at (ASVS 5.0 6.3.1): whoever is allowed has paid for a failure,
 * and gets it back by `giveBack`.
 */
export function countAttempt(
  stored: LoginAttempts | null,
  { source, isKnown }: AttemptSource,
  now: number,
): { attempts: LoginAttempts | null; result: Verdict } {
  const attempts = resetIfNewDay(stored, now);
  const entry = attempts.sources[source] ?? newSource(now);
  if (entry.pausedUntil > now)
    return { attempts: null, result: { kind: 'paused', until: entry.pausedUntil } };
  if (isKnown && entry.failuresOfDay >= perDay) {
    return { attempts: null, result: { kind: 'paused', until: attempts.dayStart + dayMs } };
  }
  if (!isKnown && attempts.failures >= perDay) return { attempts: null, result: { kind: 'spent' } };

  const failures = entry.lastAttempt + windowMs > now ? entry.failures + 1 : 1;
  const isLast = failures >= perSource;
  const pause = Math.min(windowMs * 2 ** entry.pauses, maxPauseMs);
  const counted: Source = {
    ...entry,
    lastAttempt: now,
    failures,
    failuresOfDay: entry.failuresOfDay + 1,
    pauses: entry.pauses + Number(isLast),
    pausedUntil: isLast ? now + pause : 0,
  };
  const result: Verdict = { kind: 'allowed', isLast };
  return { attempts: changed(attempts, source, counted, 1), result };
}

/** Undoes the failure of a successful attempt, and the pause that it started. */
export function refundAttempt(stored: LoginAttempts | null, source: string, now: number): LoginAttempts {
  const attempts = resetIfNewDay(stored, now);
  const entry = attempts.sources[source] ?? newSource(now);
  const wasLast = entry.pausedUntil > now;
  const failures = wasLast ? perSource - 1 : Math.max(0, entry.failures - 1);
  const failuresOfDay = Math.max(0, entry.failuresOfDay - 1);
  const pauses = Math.max(0, entry.pauses - Number(wasLast));
  return changed(attempts, source, { ...entry, failures, failuresOfDay, pauses, pausedUntil: 0 }, -1);
}

/** Trusts a route after a sign-in, and resets its failures. */
export function trustSource(stored: LoginAttempts | null, route: string, now: number): LoginAttempts {
  const attempts = resetIfNewDay(stored, now);
  const sources = { ...attempts.sources, [route]: { ...newSource(now), knownUntil: now + knownMs } };
  return { ...attempts, sources: dropExcessSources(sources, now) };
}

/** Returns when the attempts can be deleted. */
export function expiresAtOf({ dayStart, sources }: LoginAttempts): number {
  return Math.max(dayStart + dayMs, ...Object.values(sources).map(relevantUntil));
}

function changed(attempts: LoginAttempts, name: string, source: Source, failures: 1 | -1): LoginAttempts {
  const sources = dropExcessSources({ ...attempts.sources, [name]: source }, source.lastAttempt);
  return { ...attempts, failures: Math.max(0, attempts.failures + failures), sources };
}

function relevantUntil({ lastAttempt, pausedUntil, knownUntil }: Source): number {
  return Math.max(lastAttempt + windowMs, pausedUntil, knownUntil);
}

function newSource(now: number): Source {
  return { lastAttempt: now, failures: 0, failuresOfDay: 0, pauses: 0, pausedUntil: 0, knownUntil: 0 };
}

/** Starts a new day with the first attempt after the old one, and keeps the sources that still matter. */
function resetIfNewDay(stored: LoginAttempts | null, now: number): LoginAttempts {
  if (stored && stored.dayStart + dayMs > now) return stored;
  const kept = Object.entries(stored?.sources ?? {})
    .filter(([, source]) => relevantUntil(source) > now)
    .map(([name, source]) => [name, { ...source, failuresOfDay: 0, pauses: 0 }]);
  return { dayStart: now, failures: 0, sources: Object.fromEntries(kept) };
}

/**
 * Bounds the number of sources and of trusted ones. Keeps paused sources first, then trusted ones, then those with the most
 * failures today, then the latest.
 */
function dropExcessSources(sources: Record<string, Source>, now: number): Record<string, Source> {
  const all = Object.entries(sources).map(([name, source]) => ({
    name,
    source,
    weight: weightOf(source, now),
  }));
  const isKnown = ({ source }: (typeof all)[number]) => source.knownUntil > 0;
  if (all.length <= maxSources && all.filter(isKnown).length <= maxKnown) return sources;
  const known = all.filter(isKnown).toSorted((a, b) => b.source.knownUntil - a.source.knownUntil);
  const dropped = new Set(known.slice(maxKnown));
  const kept = all.filter((each) => !dropped.has(each)).toSorted((a, b) => compare(b.weight, a.weight));
  const names = new Set(kept.slice(0, maxSources).map(({ name }) => name));
  return Object.fromEntries(Object.entries(sources).filter(([name]) => names.has(name)));
}

const weightOf = ({ pausedUntil, knownUntil, failuresOfDay, lastAttempt }: Source, now: number) => [
  Number(pausedUntil > now),
  knownUntil,
  failuresOfDay,
  lastAttempt,
];

function compare(a: number[], b: number[]): number {
  const differs = a.findIndex((value, index) => value !== b[index]);
  return differs < 0 ? 0 : (a[differs] ?? 0) - (b[differs] ?? 0);
}
