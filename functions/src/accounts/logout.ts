import { z } from 'zod';
import { authenticate } from '../http/authenticate.ts';
import { endpoint } from '../http/endpoint.ts';
import { readRefreshToken } from './refreshToken.ts';
import { presentedRefreshToken } from './tokens.ts';

export const logout = endpoint({
  name: 'logout',
  method: 'POST',
  path: '/api/auth/logout',
  summary: 'End the session of a refresh token (RFC 7009), or with a bearer token all sessions of the caller',
  access: 'public',
  counting: 'lenient',
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
  provenBy: ({ refreshToken = '' }, keys) => readRefreshToken(keys, refreshToken)?.sessionId ?? null,
  responses: { 204: z.null() },
  failures: ['unauthenticated', 'token_expired', 'account_disabled'],

  async handle({ body, header, audit }, services) {
    const { sessions, liveSessions, clock, keys } = services;
    const token = body.refreshToken === undefined ? null : readRefreshToken(keys(), body.refreshToken);
    try {
      const userId = token && (await sessions.revoke(token.sessionId, clock.now()));
      if (userId) await audit('logout', 'success', { userId, sessionId: token.sessionId });
      if (body.everywhere) {
        const caller = await authenticate(header('authorization'), services);
        await sessions.revokeAll(caller.userId, clock.now());
        await audit('logout_everywhere', 'success', caller);
      }
    } finally {
      if (token || body.everywhere) liveSessions.forget();
    }
    return { status: 204, body: null };
  },
});
