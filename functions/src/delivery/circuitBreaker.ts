import { PublishError } from '../core/errors.ts';
import type { Clock } from '../core/runtime.ts';
import type { Publisher } from './ports.ts';

/**
 * The same publisher, but for `memoryMs` after an outage it fails at once. While Pub/Sub hangs, events can come
 * one behind the other; each would wait for its own deadline before its tweet reaches the queue.
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
