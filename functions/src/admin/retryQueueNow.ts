import { z } from 'zod';
import type { Clock } from '../core/runtime.ts';
import type { QueueOperations } from '../delivery/ports.ts';
import type { QueueState } from '../delivery/queueItem.ts';
import { requeue as requeueItem } from '../delivery/queueItem.ts';
import { endpoint } from '../http/endpoint.ts';
import { deadlineOf, forEachBatch, itemIds, onlyOf, withAudit } from './batchJob.ts';

export const retryQueueNow = endpoint({
  name: 'retryQueueNow',
  method: 'POST',
  path: '/api/admin/queue/retry',
  summary:
    'Retry queue items. Dead letters get all attempts again, and waiting items become due. Items that a run may hold are skipped',
  access: 'admin',
  rateLimitMode: 'lenient',
  request: z
    .object({ ids: itemIds.optional(), all: z.literal(true).optional() })
    .refine(({ ids, all }) => (ids === undefined) !== (all === undefined), 'must have either ids or all')
    .meta({ oneOf: [onlyOf('ids', 'all'), onlyOf('all', 'ids')], examples: [{ all: true }] }),
  responses: {
    200: z.object({
      requeued: z.int().meta({ description: 'The number of items that are due now' }),
      skipped: z.int().meta({ description: 'The number of items that do not exist or that a run may hold' }),
      more: z
        .boolean()
        .meta({ description: 'Whether items are left for lack of time. If so, send the request again' }),
    }),
  },
  errors: [],

  async handle({ body, caller, audit }, services: { queueOperations: QueueOperations; clock: Clock }) {
    const { queueOperations, clock } = services;
    const { done, skipped, more } = await withAudit('admin_retry', caller, audit, async (work) => {
      // All batches use one time, so that items that were made due are not read again.
      const now = clock.now();
      const requeue = async (ids: string[]) => {
        const given = await queueOperations.requeue(ids, (item) => requeueItem(item, now));
        work.done += given;
        work.skipped += ids.length - given;
      };
      if (body.ids) return await requeue(body.ids);
      const until = deadlineOf(services);
      const dead = (limit: number, after: QueueState | null) =>
        queueOperations.list({ status: 'failed' }, limit, after);
      await forEachBatch(dead, services, work, until, requeue);
      const waiting = (limit: number, after: QueueState | null) => queueOperations.waiting(now, limit, after);
      await forEachBatch(waiting, services, work, until, requeue);
    });
    return { status: 200, body: { requeued: done, skipped, more } };
  },
});
