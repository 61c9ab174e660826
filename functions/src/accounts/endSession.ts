import { z } from 'zod';
import { AppError } from '../core/errors.ts';
import type { Clock } from '../core/runtime.ts';
import { endpoint } from '../http/endpoint.ts';
import type { AccountStore, SessionStore } from './ports.ts';
import { isLive, isOfEpoch } from './session.ts';
import type { SessionCache } from './sessionCache.ts';

interface EndSessionServices {
  accounts: AccountStore;
  sessions: SessionStore;
  sessionCache: SessionCache;
  clock: Clock;
}

export const endSession = endpoint({
  name: 'endSession',
  method: 'DELETE',
  path: '/api/account/sessions/{sessionId}',
  summary: 'End one of my sessions',
  access: 'bearer',
  rateLimitMode: 'lenient',
  params: z.object({ sessionId: z.uuid().toLowerCase() }),
  request: null,
  responses: { 204: z.null() },
  errors: ['not_found'],

  async handle({ params, caller, audit }, { accounts, sessions, sessionCache, clock }: EndSessionServices) {
    const { userId } = caller;
    const { sessionId } = params;
    const { account, session } = await accounts.getAccountAndSession(userId, sessionId);
    const isLiveNow = account && session && isLive(session, clock.now()) && isOfEpoch(session, account);
    // Another user's session must look like one that does not exist.
    if (session?.userId !== userId || !isLiveNow) {
      throw new AppError('not_found', 'There is no such session.');
    }
    try {
      await sessions.revoke(sessionId, clock.now());
    } finally {
      sessionCache.clear();
    }
    await audit('session_ended', 'success', { userId, sessionId });
    return { status: 204, body: null };
  },
});
