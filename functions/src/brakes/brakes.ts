import type { Clock, Log } from '../core/runtime.ts';
import { withTimeout } from '../core/timeout.ts';

/** The operator's change takes effect within a minute, because the state is cached for less. */
export const BRAKE_SETTINGS = { ttlMs: 50_000, timeoutMs: 5000, cooldownMs: 5000 };

/** What the operator can pause without a deployment. */
export const BRAKES = ['captures', 'publishing', 'registration'] as const;
export type Brake = (typeof BRAKES)[number];

/** When each brake was applied; null if it is not. */
export type Paused = Record<Brake, Date | null>;

export const NOTHING_PAUSED: Paused = { captures: null, publishing: null, registration: null };

/** Stores the brakes. */
export interface BrakeStore {
  read(): Promise<Paused>;
  /** Pauses at a time, or resumes with null. */
  set(brake: Brake, since: Date | null): Promise<'changed' | 'unchanged'>;
}

export interface Brakes {
  /** Uses a state that is at most `ttlMs` old, or the last known one if the store fails. Never fails. */
  isPaused(brake: Brake): Promise<boolean>;
  /** Updates the state with one that was read elsewhere, which saves a read. */
  learn(paused: Paused): void;
}

/** Believes an answer for `ttlMs`, and waits `timeoutMs` for one; without one the last known state stays. */
export function createBrakes(
  store: BrakeStore,
  clock: Clock,
  log: Log,
  { ttlMs, timeoutMs, cooldownMs }: typeof BRAKE_SETTINGS,
): Brakes {
  let known = NOTHING_PAUSED;
  let knownUntil = 0;
  let asking: Promise<void> | null = null;

  const learn = (paused: Paused) => {
    known = paused;
    knownUntil = clock.now().getTime() + ttlMs;
  };

  const ask = async () => {
    try {
      learn(await withTimeout(timeoutMs, store.read(), tooLate));
    } catch (error) {
      log('WARNING', 'brakes_unknown', { reason: String(error) });
      knownUntil = clock.now().getTime() + cooldownMs;
    }
  };

  return {
    learn,
    async isPaused(brake) {
      if (clock.now().getTime() >= knownUntil) {
        asking ??= ask().finally(() => {
          asking = null;
        });
        await asking;
      }
      return known[brake] !== null;
    },
  };
}

function tooLate(): never {
  throw new Error('The database did not answer in time');
}
