import { z } from 'zod';
import { endpoint } from '../http/endpoint.ts';

const connection = z.enum(['connected', 'disconnected']);
const report = z.object({
  status: z.enum(['healthy', 'unhealthy']),
  timestamp: z.iso.datetime(),
  services: z.object({ firestore: connection, pubsub: connection }),
  version: z.string(),
});

export const health = endpoint({
  name: 'health',
  method: 'GET',
  path: '/api/health',
  summary: 'Whether Firestore and Pub/Sub can be reached; the answer is kept for a few seconds',
  access: 'public',
  request: null,
  responses: { 200: report, 503: report },
  failures: [],

  async handle(_request, services) {
    const body = await services.health();
    return { status: body.status === 'healthy' ? 200 : 503, body };
  },
});
