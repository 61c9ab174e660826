import { z } from 'zod';
import type { Services } from '../ports.ts';
import { signAccessToken } from './accessToken.ts';
import { issueRefreshToken } from './refreshToken.ts';

export const tokens = z.object({
  accessToken: z.string().meta({ description: 'Bearer token for the API (RFC 9068)' }),
  refreshToken: z.string().startsWith('refresh_'),
  expiresIn: z.int().meta({ description: 'Lifetime of the access token, in seconds' }),
  tokenType: z.literal('Bearer'),
});

export const signedIn = tokens.extend({ userId: z.uuid(), email: z.string() });

/** A new access token and the session's refresh token of that generation. */
export async function issueTokens(
  { keys, ids, clock, config }: Services,
  holder: { userId: string; sessionId: string; generation: number },
): Promise<z.output<typeof tokens>> {
  const lifetimeSeconds = config.ACCESS_TOKEN_EXPIRE_MINUTES * 60;
  const token = { id: ids(), now: clock.now(), lifetimeSeconds };
  return {
    accessToken: await signAccessToken(keys(), holder, token),
    refreshToken: issueRefreshToken(keys(), holder),
    expiresIn: lifetimeSeconds,
    tokenType: 'Bearer',
  };
}
