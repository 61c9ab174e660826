import { endpoint } from '../http/endpoint.ts';
import { type HealthReport, healthReport } from './healthCheck.ts';

const UNHEALTHY = {
  status: 'unhealthy',
  timestamp: '2026-03-01T12:00:00.000Z',
  services: { firestore: 'connected', pubsub: 'disconnected' },
  version: '1.0.0',
} as const;

export const health = endpoint({
  name: 'health',
  method: 'GET',
  path: '/api/health',
  summary: 'Check whether Firestore and Pub/Sub can be reached. The result is cached for a few seconds',
  access: 'public',
  rateLimitMode: 'local',
  request: null,
  responses: { 200: healthReport, 503: healthReport.meta({ examples: [UNHEALTHY] }) },
  errors: [],

  async handle(_request, { health }: { health: () => Promise<HealthReport> }) {
    const body = await health();
    return { status: body.status === 'healthy' ? 200 : 503, body };
  },
});
