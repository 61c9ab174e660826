import { endpoint } from '../http/endpoint.ts';
import { healthReport } from './healthCheck.ts';

export const health = endpoint({
  name: 'health',
  method: 'GET',
  path: '/api/health',
  summary: 'Whether Firestore and Pub/Sub can be reached; the answer is kept for a few seconds',
  access: 'public',
  counting: 'local',
  request: null,
  responses: { 200: healthReport, 503: healthReport },
  failures: [],

  async handle(_request, services) {
    const body = await services.health();
    return { status: body.status === 'healthy' ? 200 : 503, body };
  },
});
