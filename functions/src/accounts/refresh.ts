import { z } from 'zod';
import { Failure } from '../failures.ts';
import { endpoint } from '../http/endpoint.ts';
import { readRefreshToken } from './refreshToken.ts';
import { decideRefresh } from './session.ts';
import { issueTokens, tokens } from './tokens.ts';

export const refresh = endpoint({
  name: 'refresh',
  method: 'POST',
  path: '/api/auth/refresh',
  summary: 'Exchange a refresh token for a new access token and the successor of the refresh token',
  access: 'public',
  request: z.object({ refreshToken: z.string() }),
  responses: { 200: tokens },
  failures: ['invalid_refresh_token', 'account_disabled'],

  async handle({ body, log }, services) {
    const { accounts, sessions, liveSessions, clock, keys } = services;
    const invalid = () => new Failure('invalid_refresh_token', 'The refresh token is not valid.');
    const token = readRefreshToken(keys(), body.refreshToken);
    if (!token) throw invalid();

    const { sessionId, generation } = token;
    const decision = await sessions.refresh(sessionId, (session) => {
      const decided = decideRefresh(session, generation, clock.now());
      // Before the commit: rather told twice than, after a commit whose answer was lost, not at all.
      if (decided.kind === 'reuse') {
        log('WARNING', 'refresh_token_reuse', { sessionId, userId: decided.userId, generation });
      }
      return decided;
    });
    if (decision.kind === 'reuse') liveSessions.forget();
    if (decision.kind !== 'accepted') throw invalid();

    const { userId, successor } = decision;
    const account = await accounts.findById(userId);
    if (!account) throw invalid();
    if (!account.isActive) throw new Failure('account_disabled', 'This account is disabled.');
    const holder = { userId, sessionId, generation: successor };
    return { status: 200, body: await issueTokens(services, holder) };
  },
});
