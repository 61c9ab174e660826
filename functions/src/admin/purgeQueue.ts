import { z } from 'zod';
import type { Clock } from '../core/runtime.ts';
import type { QueueOperations } from '../delivery/ports.ts';
import { mayBeClaimed, type QueueState } from '../delivery/queueItem.ts';
import { dateTime } from '../http/dateTime.ts';
import { endpoint } from '../http/endpoint.ts';
import { MAX_FIRESTORE_TIME_MS } from '../http/page.ts';
import { deadlineOf, forEachBatch, itemIds, onlyOf, withAudit } from './batchJob.ts';

export const purgeQueue = endpoint({
  name: 'purgeQueue',
  method: 'POST',
  path: '/api/admin/queue/purge',
  summary:
    'Abandon queue items. Their tweets are kept with status failed and are not published again. Items that a run may hold are skipped',
  access: 'admin',
  rateLimitMode: 'lenient',
  request: z
    .object({
      ids: itemIds.optional(),
      olderThan: dateTime()
        .transform((value) => new Date(value))
        .refine(
          (value) => value.getTime() >= 0 && value.getTime() <= MAX_FIRESTORE_TIME_MS,
          'must be in the years 1970 to 9999',
        )
        .optional()
        .meta({ description: 'Abandon the items that were queued before this time' }),
    })
    .refine(
      ({ ids, olderThan }) => (ids === undefined) !== (olderThan === undefined),
      'must have either ids or olderThan',
    )
    .meta({
      oneOf: [onlyOf('ids', 'olderThan'), onlyOf('olderThan', 'ids')],
      examples: [{ olderThan: '2026-01-01T00:00:00Z' }],
    }),
  responses: {
    200: z.object({
      purged: z.int(),
      skipped: z.int().meta({ description: 'The number of items that do not exist or that a run may hold' }),
      more: z
        .boolean()
        .meta({ description: 'Whether items are left for lack of time. If so, send the request again' }),
    }),
  },
  errors: [],

  async handle({ body, caller, audit, log }, services: { queueOperations: QueueOperations; clock: Clock }) {
    const { queueOperations, clock } = services;
    /** Logged before the commit, so the line can appear twice but is never missing. */
    const given = (item: QueueState, now: Date) => {
      // A capture may have queued a newer revision since the list was read.
      if (body.olderThan && item.createdAt >= body.olderThan) return false;
      if (mayBeClaimed(item, now)) return false;
      log('WARNING', 'tweet_given_up', { id: item.id, attempts: item.attempts });
      return true;
    };
    const { done, skipped, more } = await withAudit('admin_purge', caller, audit, async (work) => {
      const purge = async (ids: string[]) => {
        const now = clock.now();
        const purged = await queueOperations.abandon(ids, now, (item) => given(item, now));
        work.done += purged;
        work.skipped += ids.length - purged;
      };
      if (body.ids) return await purge(body.ids);
      const before = body.olderThan;
      const older = (limit: number, after: QueueState | null) =>
        queueOperations.list({ before }, limit, after);
      await forEachBatch(older, services, work, deadlineOf(services), purge);
    });
    return { status: 200, body: { purged: done, skipped, more } };
  },
});
