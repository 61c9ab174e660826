import { PublishError } from '../core/errors.ts';
import type { Clock } from '../core/runtime.ts';
import type { Publisher } from './ports.ts';

/**
 * Wraps a publisher in a circuit breaker that stays open for `memoryMs` after an outage. While Pub/Sub hangs, each event
 * would otherwise wait for its own timeout before its tweet is queued.
 */
export function withCircuitBreaker(publisher: Publisher, clock: Clock, memoryMs: number): Publisher {
  let outage: { failure: PublishError; until: number } | null = null;
  return {
    async publish(messages) {
      if (outage && clock.now().getTime() < outage.until) throw outage.failure;
      try {
        return await publisher.publish(messages);
      } catch (error) {
        if (error instanceof PublishError && error.kind === 'outage') {
          outage = { failure: error, until: clock.now().getTime() + memoryMs };
        }
        throw error;
      }
    },
  };
}
