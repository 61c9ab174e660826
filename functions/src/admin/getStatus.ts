import { z } from 'zod';
import type { BrakeStore } from '../brakes/brakes.ts';
import type { Clock } from '../core/runtime.ts';
import type { QueueOperations } from '../delivery/ports.ts';
import { endpoint } from '../http/endpoint.ts';

const DAY_MS = 86_400_000;
const count = z.int().min(0);
const since = z.iso
  .datetime()
  .nullable()
  .meta({ examples: [null] });

export const getStatus = endpoint({
  name: 'getStatus',
  method: 'GET',
  path: '/api/admin/status',
  summary: 'Get the state of all deliveries, of all users',
  access: 'admin',
  rateLimitMode: 'lenient',
  request: null,
  responses: {
    200: z
      .object({
        undelivered: count.meta({ description: 'Captured or queued tweets, without dead letters' }),
        oldestUndeliveredSeconds: count
          .nullable()
          .meta({ description: 'The age of the oldest undelivered tweet' }),
        deadLetters: count,
        capturesLast24h: count.meta({ description: 'Without deleted tweets' }),
        publishesLast24h: count.meta({
          description: 'Tweets whose latest message was published in that time',
        }),
        lastCaptureAt: z.iso.datetime().nullable(),
        paused: z
          .object({ captures: since, publishing: since, registration: since })
          .meta({ description: 'When the operator paused each of them; null if it is not paused' }),
      })
      .meta({ id: 'Status' }),
  },
  errors: [],

  async handle(
    _,
    {
      queueOperations,
      brakeStore,
      clock,
    }: { queueOperations: QueueOperations; brakeStore: BrakeStore; clock: Clock },
  ) {
    const now = clock.now().getTime();
    const [overview, paused] = await Promise.all([
      queueOperations.overview(new Date(now - DAY_MS)),
      brakeStore.read(),
    ]);
    const { undelivered, oldestSince, deadLetters, captures, publishes, lastCaptureAt } = overview;
    // Clocks differ, so the age can be negative.
    const oldestMs = oldestSince && Math.max(0, now - oldestSince.getTime());
    return {
      status: 200,
      body: {
        undelivered,
        oldestUndeliveredSeconds: oldestMs === null ? null : Math.floor(oldestMs / 1000),
        deadLetters,
        capturesLast24h: captures,
        publishesLast24h: publishes,
        lastCaptureAt: lastCaptureAt?.toISOString() ?? null,
        paused: {
          captures: paused.captures?.toISOString() ?? null,
          publishing: paused.publishing?.toISOString() ?? null,
          registration: paused.registration?.toISOString() ?? null,
        },
      },
    };
  },
});
