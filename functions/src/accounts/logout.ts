import { z } from 'zod';
import type { Clock } from '../core/runtime.ts';
import { endpoint } from '../http/endpoint.ts';
import type { Authenticate } from './authenticate.ts';
import type { Keyring } from './keys.ts';
import type { SessionStore } from './ports.ts';
import { readRefreshToken } from './refreshToken.ts';
import type { SessionCache } from './sessionCache.ts';
import { presentedRefreshToken } from './tokens.ts';

interface LogoutServices {
  sessions: SessionStore;
  sessionCache: SessionCache;
  clock: Clock;
  keys: () => Keyring;
  authenticate: Authenticate;
}

export const logout = endpoint({
  name: 'logout',
  method: 'POST',
  path: '/api/auth/logout',
  summary: 'End the session of a refresh token (RFC 7009), or all sessions of the caller with a bearer token',
  access: 'public',
  rateLimitMode: 'lenient',
  request: z
    .object({ refreshToken: presentedRefreshToken.optional(), everywhere: z.boolean().default(false) })
    .refine(({ refreshToken, everywhere }) => everywhere || refreshToken !== undefined, {
      path: ['refreshToken'],
      error: 'is required',
    })
    .meta({
      anyOf: [
        { required: ['refreshToken'] },
        { required: ['everywhere'], properties: { everywhere: { const: true } } },
      ],
    }),
  sessionOf: ({ refreshToken = '' }, read) => read(refreshToken)?.sessionId ?? null,
  responses: { 204: z.null() },
  errors: ['unauthenticated', 'token_expired', 'account_disabled'],

  async handle({ body, header, audit }, services: LogoutServices) {
    const { sessions, sessionCache, clock, keys, authenticate } = services;
    const token = body.refreshToken === undefined ? null : readRefreshToken(keys(), body.refreshToken);
    try {
      const userId = token && (await sessions.revoke(token.sessionId, clock.now()));
      if (userId) await audit('logout', 'success', { userId, sessionId: token.sessionId });
      if (body.everywhere) {
        const caller = await authenticate(header('authorization'));
        await sessions.revokeAll(caller.userId, clock.now());
        await audit('logout_everywhere', 'success', caller);
      }
    } finally {
      if (token || body.everywhere) sessionCache.clear();
    }
    return { status: 204, body: null };
  },
});
