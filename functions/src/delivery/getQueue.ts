import { z } from 'zod';
import { endpoint } from '../http/endpoint.ts';
import { pageOf, pageQuery, readPage } from '../http/page.ts';
import type { Outbox } from './ports.ts';
import { queueItemResponse, toQueueItemResponse } from './queuedTweet.ts';

const waiting = queueItemResponse.meta({
  id: 'QueuedTweet',
  examples: [
    {
      tweetId: '1790000000000000001',
      status: 'retrying',
      attempts: 2,
      nextAttemptAt: '2026-03-01T12:30:00.000Z',
      lastError: 'Pub/Sub answered 503',
      createdAt: '2026-03-01T12:00:00.000Z',
    },
  ],
});

export const getQueue = endpoint({
  name: 'getQueue',
  method: 'GET',
  path: '/api/queue',
  summary: 'List my tweets that are not published yet, the latest queued first. Failed ones are not retried',
  access: 'bearer',
  rateLimitMode: 'lenient',
  spends: ['reads'],
  query: z.object(pageQuery),
  request: null,
  responses: { 200: pageOf(waiting) },
  errors: [],

  async handle({ caller: { userId }, query }, { outbox }: { outbox: Outbox }) {
    const { items, nextCursor } = await readPage(query, { of: 'queue', userId }, (limit, after) =>
      outbox.listForUser(userId, limit, after),
    );
    return { status: 200, body: { items: items.map(toQueueItemResponse), nextCursor } };
  },
});
