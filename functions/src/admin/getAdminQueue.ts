import { z } from 'zod';
import { endpoint } from '../http/endpoint.ts';
import { pageOf, pageQuery, readPage } from '../http/page.ts';
import type { QueueItem } from '../tweets/delivery.ts';

const time = z.iso.datetime();
const status = z.enum(['pending', 'retrying', 'failed'], 'must be one of pending, retrying, failed');
const item = z.object({
  id: z.string().meta({ description: 'What it is retried or purged by' }),
  userId: z.string(),
  tweetId: z.string(),
  status,
  attempts: z.int(),
  nextAttemptAt: time.nullable(),
  /** In words. */
  lastError: z.string().nullable(),
  createdAt: time.meta({ description: 'When it was queued' }),
});

export const getAdminQueue = endpoint({
  name: 'getAdminQueue',
  method: 'GET',
  path: '/api/admin/queue',
  summary:
    'What could not be published yet, of all users, the latest queued first; failed ones are dead letters',
  access: 'admin',
  counting: 'lenient',
  query: z.object({ ...pageQuery, status: status.optional() }),
  request: null,
  responses: { 200: pageOf(item) },
  failures: [],

  async handle({ query: { status, ...page } }, { queueOperations }) {
    const { items, nextCursor } = await readPage(page, { of: 'adminQueue', status }, (limit, after) =>
      queueOperations.list({ status }, limit, after),
    );
    return { status: 200, body: { items: items.map(toItem), nextCursor } };
  },
});

function toItem({ id, userId, data, status, attempts, nextAttemptAt, errorMessage, createdAt }: QueueItem) {
  return {
    id,
    userId,
    tweetId: data.tweetId,
    status,
    attempts,
    nextAttemptAt: nextAttemptAt?.toISOString() ?? null,
    lastError: errorMessage,
    createdAt: createdAt.toISOString(),
  };
}
