import { within } from '../deadline.ts';
import type { BrakeStore, Clock, Log } from '../ports.ts';

/** What the operator can pause for everyone, without a deployment. */
export const BRAKES = ['captures', 'publishing', 'registration'] as const;
export type Brake = (typeof BRAKES)[number];

/** Since when each is paused; null where it is not. */
export type Paused = Record<Brake, Date | null>;

export const NOTHING_PAUSED: Paused = { captures: null, publishing: null, registration: null };

export interface Brakes {
  /** By what is known, which is `keptMs` old at most unless the store fails. Never fails. */
  isPaused(brake: Brake): Promise<boolean>;
  /** What has been read elsewhere spares a read here. */
  learn(paused: Paused): void;
}

/** Believes an answer for `keptMs`, and waits `answerWithinMs` for one; without one the last known state stays. */
export function createBrakes(
  store: BrakeStore,
  clock: Clock,
  log: Log,
  { keptMs, answerWithinMs, storeRestMs }: { keptMs: number; answerWithinMs: number; storeRestMs: number },
): Brakes {
  let known = NOTHING_PAUSED;
  let knownUntil = 0;
  let asking: Promise<void> | null = null;

  const learn = (paused: Paused) => {
    known = paused;
    knownUntil = clock.now().getTime() + keptMs;
  };

  const ask = async () => {
    try {
      learn(await within(answerWithinMs, store.read(), tooLate));
    } catch (error) {
      log('WARNING', 'brakes_unknown', { reason: String(error) });
      knownUntil = clock.now().getTime() + storeRestMs;
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
