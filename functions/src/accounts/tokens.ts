import { z } from 'zod';
import type { Config } from '../config/parameters.ts';
import type { Clock, Ids } from '../core/runtime.ts';
import { signAccessToken } from './accessToken.ts';
import type { Keyring } from './keys.ts';
import { issueRefreshToken } from './refreshToken.ts';

const examples = ['refresh_Xwweji-PSlWaDm0vHJt6EAAAAAHfkY3ZqLr0s8uVwTxNcBhGyJdMfEaPoKiSlU7R2nQ1AA'];

/** Any string. An invalid token is an authentication error, not a validation error. */
export const presentedRefreshToken = z.string().meta({ examples });

export const tokens = z
  .object({
    accessToken: z.string().meta({
      description: 'Bearer token for the API (RFC 9068)',
      examples: ['eyJhbGciOiJIUzI1NiJ9.e30.c2ln'],
    }),
    refreshToken: z.string().startsWith('refresh_').meta({ examples }),
    expiresIn: z.int().meta({ description: 'Lifetime of the access token, in seconds', examples: [3600] }),
    tokenType: z.literal('Bearer'),
  })
  .meta({ id: 'Tokens' });

export const signedIn = tokens
  .extend({ userId: z.uuid(), email: z.string().meta({ examples: ['user@example.com'] }) })
  .meta({ id: 'SignedIn' });

export interface TokenServices {
  keys: () => Keyring;
  ids: Ids;
  clock: Clock;
  config: Pick<Config, 'ACCESS_TOKEN_EXPIRE_MINUTES'>;
}

/** Issues an access token and the session's refresh token of a generation. */
export async function issueTokens(
  { keys, ids, clock, config }: TokenServices,
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
