import { z } from 'zod';
import type { QueueOperations } from '../delivery/ports.ts';
import { queueItemResponse, queueStatus, toQueueItemResponse } from '../delivery/queuedTweet.ts';
import { endpoint } from '../http/endpoint.ts';
import { pageOf, pageQuery, readPage } from '../http/page.ts';

const item = z
  .object({
    id: z.string().meta({ description: 'The id to retry or purge the item by' }),
    userId: z.string(),
    ...queueItemResponse.shape,
  })
  .meta({
    id: 'QueueItem',
    examples: [
      {
        id: '5f0c1e4e-3b8f-4a55-9a0e-6d2f1c9b7a10_1790000000000000001',
        userId: '5f0c1e4e-3b8f-4a55-9a0e-6d2f1c9b7a10',
        tweetId: '1790000000000000001',
        status: 'failed',
        attempts: 5,
        nextAttemptAt: null,
        lastError: 'Pub/Sub answered 503',
        createdAt: '2026-03-01T12:00:00.000Z',
      },
    ],
  });

export const getAdminQueue = endpoint({
  name: 'getAdminQueue',
  method: 'GET',
  path: '/api/admin/queue',
  summary: 'List the queue items of all users, the latest queued first. Failed ones are dead letters',
  access: 'admin',
  rateLimitMode: 'lenient',
  query: z.object({ ...pageQuery, status: queueStatus.optional() }),
  request: null,
  responses: { 200: pageOf(item) },
  errors: [],

  async handle({ query: { status, ...page } }, { queueOperations }: { queueOperations: QueueOperations }) {
    const { items, nextCursor } = await readPage(page, { of: 'adminQueue', status }, (limit, after) =>
      queueOperations.list({ status }, limit, after),
    );
    const all = items.map((item) => ({ id: item.id, userId: item.userId, ...toQueueItemResponse(item) }));
    return { status: 200, body: { items: all, nextCursor } };
  },
});
