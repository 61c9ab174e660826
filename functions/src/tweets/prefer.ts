import { TUNING } from '../config.ts';

/** How long the caller wants to wait, and the Preference-Applied value (RFC 7240) where a wish was honoured. */
export interface Wait {
  milliseconds: number;
  applied: string | null;
}

/**
 * Reads `respond-async` and `wait=N` (whole seconds) from a Prefer header. With both, the wait comes first and
 * the early answer after it (RFC 7240 §4.3). Of a repeated preference the first counts; what is not
 * understood is ignored.
 */
export function preferredWait(header: string | undefined, defaultMs: number): Wait {
  let asynchronous = false;
  let seconds: number | null = null;
  for (const preference of (header ?? '').split(',')) {
    const [name, value] = (preference.split(';')[0] ?? '').split('=').map((part) => part.trim());
    if (name?.toLowerCase() === 'respond-async' && value === undefined) asynchronous = true;
    const number = /^"?([0-9]{1,9})"?$/.exec(value ?? '')?.[1];
    if (name?.toLowerCase() === 'wait' && number && seconds === null) {
      seconds = Math.min(Number(number), TUNING.longestWaitSeconds);
    }
  }
  const applied = [
    ...(asynchronous ? ['respond-async'] : []),
    ...(seconds === null ? [] : [`wait=${seconds}`]),
  ];
  const milliseconds = seconds !== null ? seconds * 1000 : asynchronous ? 0 : defaultMs;
  return { milliseconds, applied: applied.join(', ') || null };
}
