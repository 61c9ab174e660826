import { z } from 'zod';
import { AppError } from '../core/errors.ts';
import { endpoint } from '../http/endpoint.ts';
import type { AccountStore, SessionStore } from './ports.ts';
import { readRefreshToken } from './refreshToken.ts';
import { decideRefresh, isOfEpoch, type RefreshDecision } from './session.ts';
import type { SessionCache } from './sessionCache.ts';
import { issueTokens, presentedRefreshToken, type TokenServices, tokens } from './tokens.ts';

type RefreshServices = TokenServices & {
  accounts: AccountStore;
  sessions: SessionStore;
  sessionCache: SessionCache;
};

export const refresh = endpoint({
  name: 'refresh',
  method: 'POST',
  path: '/api/auth/refresh',
  summary: 'Exchange a refresh token for a new access token and the next refresh token',
  access: 'public',
  rateLimitMode: 'strict',
  request: z.object({ refreshToken: presentedRefreshToken }),
  sessionOf: ({ refreshToken }, read) => read(refreshToken)?.sessionId ?? null,
  responses: { 200: tokens },
  errors: ['invalid_refresh_token', 'account_disabled'],

  async handle({ body, audit }, services: RefreshServices) {
    const { accounts, sessions, sessionCache, clock, keys } = services;
    const invalid = () =>
      new AppError('invalid_refresh_token', 'The refresh token is not valid. Sign in again.');
    const token = readRefreshToken(keys(), body.refreshToken);
    if (!token) throw invalid();

    const { sessionId, generation } = token;
    let reusedByUserId: string | null = null;
    let decided: RefreshDecision;
    try {
      decided = await sessions.refresh(sessionId, (session) => {
        const decision = decideRefresh(session, generation, clock.now());
        if (decision.kind === 'reuse') reusedByUserId = decision.userId;
        return decision;
      });
    } finally {
      // Also if the result of the commit was lost, or if its repeat found the session revoked.
      if (reusedByUserId) {
        sessionCache.clear();
        await audit('refresh_token_reuse', 'failure', { userId: reusedByUserId, sessionId });
      }
    }
    if (decided.kind !== 'accepted') throw invalid();

    const { userId, successor } = decided;
    const account = await accounts.findById(userId);
    if (!account || !isOfEpoch(decided, account)) throw invalid();
    const holder = { userId, sessionId, generation: successor };
    if (!account.isActive) {
      await audit('refresh', 'failure', { ...holder, reason: 'account_disabled' });
      throw new AppError('account_disabled', 'This account is disabled.');
    }
    await audit('refresh', 'success', { ...holder, lineOnly: true });
    return { status: 200, body: await issueTokens(services, holder) };
  },
});
