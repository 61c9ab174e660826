import { z } from 'zod';
import { Failure } from '../failures.ts';
import { endpoint } from '../http/endpoint.ts';
import { readRefreshToken } from './refreshToken.ts';
import { decideRefresh, type RefreshDecision } from './session.ts';
import { issueTokens, tokens } from './tokens.ts';

export const refresh = endpoint({
  name: 'refresh',
  method: 'POST',
  path: '/api/auth/refresh',
  summary: 'Exchange a refresh token for a new access token and the successor of the refresh token',
  access: 'public',
  counting: 'strict',
  request: z.object({ refreshToken: z.string() }),
  responses: { 200: tokens },
  failures: ['invalid_refresh_token', 'account_disabled'],

  async handle({ body, audit }, services) {
    const { accounts, sessions, liveSessions, clock, keys } = services;
    const invalid = () => new Failure('invalid_refresh_token', 'The refresh token is not valid.');
    const token = readRefreshToken(keys(), body.refreshToken);
    if (!token) throw invalid();

    const { sessionId, generation } = token;
    let decided: RefreshDecision | undefined;
    try {
      decided = await sessions.refresh(sessionId, (session) => {
        decided = decideRefresh(session, generation, clock.now());
        return decided;
      });
    } finally {
      // Also where the answer to the commit was lost: a theft is rather told twice than not at all.
      if (decided?.kind === 'reuse') {
        liveSessions.forget();
        await audit('refresh_token_reuse', 'failure', { userId: decided.userId, sessionId });
      }
    }
    if (decided.kind !== 'accepted') throw invalid();

    const { userId, successor } = decided;
    const account = await accounts.findById(userId);
    if (!account) throw invalid();
    const holder = { userId, sessionId, generation: successor };
    if (!account.isActive) {
      await audit('refresh', 'failure', { ...holder, reason: 'account_disabled' });
      throw new Failure('account_disabled', 'This account is disabled.');
    }
    await audit('refresh', 'success', holder);
    return { status: 200, body: await issueTokens(services, holder) };
  },
});
