import assert from 'node:assert/strict';
import type { ServedEndpoint } from '../../src/app/functions.ts';
import { MAX_ATTEMPTS } from '../../src/delivery/policy.ts';
import { retryQueue } from '../../src/delivery/retryQueue.ts';
import type { Capture } from '../../src/tweets/tweet.ts';
import { assertSuccess } from './assertions.ts';
import { call, type Sent } from './call.ts';
import { down, refusing } from './faultyPublisher.ts';
import { queued } from './fill.ts';
import { memoryServices } from './memory/services.ts';
import { bearer } from './requests.ts';

export const DAY = 86_400_000;

export const idsOf = (captures: { id: string }[]) => captures.map(({ id }) => id);

/** An admin with services of their own, and what they may find there. */
export async function newOperator() {
  const memory = memoryServices();
  const { services, clock } = memory;
  const userId = crypto.randomUUID();
  const headers = await bearer(services, { userId, role: 'admin', lifetimeSeconds: 1e9 });
  const send = (definition: ServedEndpoint, sent: Sent = {}) =>
    call(definition, services, { headers, ...sent });

  return {
    ...memory,
    userId,
    send,
    /** The body of a success. */
    async bodyOf(definition: ServedEndpoint, sent: Sent = {}) {
      const answer = await send(definition, sent);
      assertSuccess(definition, answer);
      return answer.body;
    },
    items: () => [...memory.tweets.queue.values()],
    tweetOf: ({ id }: Capture) => {
      const tweet = memory.tweets.tweets.get(id);
      assert.ok(tweet);
      return tweet;
    },
    /** What is on record. */
    seen: () =>
      [...memory.audited.values()].map((entry) => [entry.event, entry.outcome, entry.reason, entry.userId]),

    /** Dead letters: their messages were refused five times. */
    async dead(count: number) {
      const captures = await queued(services, count);
      const keys = idsOf(captures);
      const { publisher } = services;
      services.publisher = refusing(publisher, ({ attributes }) => keys.includes(attributes.dedupeKey));
      for (let run = 0; run < MAX_ATTEMPTS; run += 1) {
        await retryQueue(services);
        clock.advance(DAY);
      }
      services.publisher = publisher;
      for (const id of keys) assert.equal(memory.tweets.queue.get(id)?.status, 'failed');
      return captures;
    },

    /** Claimed just now by a run that met an outage. */
    async held(count: number) {
      const captures = await queued(services, count);
      const { publisher } = services;
      services.publisher = down;
      await retryQueue(services);
      services.publisher = publisher;
      return captures;
    },
  };
}
