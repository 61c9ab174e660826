import { AppError } from '../core/errors.ts';
import type { AnyEndpoint } from './endpoint.ts';

const RETRY_AFTER_SECONDS = 5;

/** Per process, because the slots are those of an instance. */
const inFlight = new Map<string, number>();

/**
 * Takes one of the endpoint's slots in this instance, so that no endpoint uses up the concurrency that it shares with
 * others. Returns a function that gives the slot back. Fails with `unavailable` if none is free.
 */
export function takeSlot({ name, maxInFlight = Number.POSITIVE_INFINITY }: AnyEndpoint): () => void {
  const taken = inFlight.get(name) ?? 0;
  if (taken >= maxInFlight) {
    throw new AppError('unavailable', 'The service is busy. Try again later.', {
      retryAfterSeconds: RETRY_AFTER_SECONDS,
    });
  }
  inFlight.set(name, taken + 1);
  let isHeld = true;
  return () => {
    if (isHeld) inFlight.set(name, (inFlight.get(name) ?? 1) - 1);
    isHeld = false;
  };
}
