import { PublishError } from '../../src/core/errors.ts';
import type { Publisher } from '../../src/delivery/ports.ts';
import type { OutboundMessage } from '../../src/delivery/queueItem.ts';

/** Takes nothing: Pub/Sub is down. */
export const down: Publisher = {
  async publish() {
    throw new PublishError('outage', 'Pub/Sub answered 503');
  },
};

/** A publisher that refuses every batch with a message in it that is poison. */
export function refusing(publisher: Publisher, isPoison: (message: OutboundMessage) => boolean): Publisher {
  return {
    async publish(messages) {
      if (messages.some(isPoison)) throw new PublishError('rejected', 'Pub/Sub answered 400');
      return await publisher.publish(messages);
    },
  };
}
