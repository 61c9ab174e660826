import type { Config } from '../config/parameters.ts';
import type { Clock, Log } from '../core/runtime.ts';

const WINDOW_MS = 60_000;

/** Counts refused requests in this instance's memory alone, so that refusing them stays cheap (docs/adr/0032). */
export interface Refusals {
  /** Seconds until requests of this network that prove no user are answered again, or null if they are now. */
  blockedSeconds(network: string): number | null;
  /** Counts a refused request of a network that proved no user. */
  count(network: string): void;
  /** Whether a refusal of this network or user may have a log line. Those that may not are counted and reported. */
  mayLog(source: string): boolean;
}

interface Settings {
  /** Refused requests a minute after which a network is blocked until the minute ends. */
  perNetwork: number;
  /** Log lines a minute for the refusals of one network or user. */
  linesPerSource: number;
  /** Log lines a minute for all refusals. */
  lines: number;
  /** The number of networks and users that are tracked. Beyond it, the least recently seen one is dropped. */
  maxSources: number;
}

/** Per instance and minute; see `Settings`. */
export const REFUSALS = { linesPerSource: 20, lines: 200, maxSources: 10_000 };

/** A network is blocked after twice as many refusals as it may send requests to a public endpoint. */
export const refusalSettings = ({ PUBLIC_RATE_LIMIT_PER_MINUTE }: Config): Settings => ({
  perNetwork: 2 * PUBLIC_RATE_LIMIT_PER_MINUTE,
  ...REFUSALS,
});

export function createRefusals(
  clock: Clock,
  log: Log,
  { perNetwork, linesPerSource, lines, maxSources }: Settings,
): Refusals {
  let endsAt = 0;
  let logged = 0;
  let suppressed = 0;
  const sources = new Map<string, { refused: number; lines: number }>();

  /** Milliseconds until the window ends; starts another one if it has ended. */
  const leftOfWindow = () => {
    const now = clock.now().getTime();
    // The second condition is for a clock that was set back.
    if (now >= endsAt || endsAt - now > WINDOW_MS) {
      if (suppressed > 0) log('WARNING', 'refusals_suppressed', { count: suppressed });
      sources.clear();
      logged = 0;
      suppressed = 0;
      endsAt = (Math.floor(now / WINDOW_MS) + 1) * WINDOW_MS;
    }
    return endsAt - now;
  };

  const sourceOf = (name: string) => {
    leftOfWindow();
    const source = sources.get(name) ?? { refused: 0, lines: 0 };
    sources.delete(name);
    sources.set(name, source);
    if (sources.size > maxSources) sources.delete(sources.keys().next().value as string);
    return source;
  };

  return {
    blockedSeconds(network) {
      const left = leftOfWindow();
      return (sources.get(network)?.refused ?? 0) >= perNetwork ? Math.ceil(left / 1000) : null;
    },
    count(network) {
      sourceOf(network).refused += 1;
    },
    mayLog(name) {
      const source = sourceOf(name);
      const may = source.lines < linesPerSource && logged < lines;
      if (may) {
        source.lines += 1;
        logged += 1;
      } else suppressed += 1;
      return may;
    },
  };
}
