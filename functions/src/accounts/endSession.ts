import { z } from 'zod';
import { Failure } from '../failures.ts';
import { endpoint } from '../http/endpoint.ts';

export const endSession = endpoint({
  name: 'endSession',
  method: 'DELETE',
  path: '/api/account/sessions/{sessionId}',
  summary: 'End one of my sessions',
  access: 'bearer',
  params: z.object({ sessionId: z.uuid() }),
  request: null,
  responses: { 204: z.null() },
  failures: ['not_found'],

  async handle({ params, caller, log }, { sessions, liveSessions, clock }) {
    const now = clock.now();
    const mine = await sessions.listLive(caller.userId, now);
    const { sessionId } = params;
    // Another user's session looks like one that does not exist.
    if (!mine.some(({ id }) => id === sessionId)) throw new Failure('not_found', 'There is no such session.');
    await sessions.revoke(sessionId, now);
    liveSessions.forget();
    log('INFO', 'session_ended', { userId: caller.userId, sessionId });
    return { status: 204, body: null };
  },
});
