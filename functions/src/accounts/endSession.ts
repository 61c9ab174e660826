import { z } from 'zod';
import { Failure } from '../failures.ts';
import { endpoint } from '../http/endpoint.ts';
import { isLive, isOfEpoch } from './session.ts';

export const endSession = endpoint({
  name: 'endSession',
  method: 'DELETE',
  path: '/api/account/sessions/{sessionId}',
  summary: 'End one of my sessions',
  access: 'bearer',
  counting: 'lenient',
  params: z.object({ sessionId: z.uuid().toLowerCase() }),
  request: null,
  responses: { 204: z.null() },
  failures: ['not_found'],

  async handle({ params, caller, audit }, { accounts, sessions, liveSessions, clock }) {
    const { userId } = caller;
    const { sessionId } = params;
    const { account, session } = await accounts.standing(userId, sessionId);
    const isLiveNow = account && session && isLive(session, clock.now()) && isOfEpoch(session, account);
    // Another user's session looks like one that does not exist.
    if (session?.userId !== userId || !isLiveNow) {
      throw new Failure('not_found', 'There is no such session.');
    }
    try {
      await sessions.revoke(sessionId, clock.now());
    } finally {
      liveSessions.forget();
    }
    await audit('session_ended', 'success', { userId, sessionId });
    return { status: 204, body: null };
  },
});
