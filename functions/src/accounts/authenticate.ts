import { AppError } from '../core/errors.ts';
import type { Clock } from '../core/runtime.ts';
import type { Principal } from '../http/principal.ts';
import { verifyAccessToken } from './accessToken.ts';
import type { Keyring } from './keys.ts';
import type { SessionCache } from './sessionCache.ts';

/** Returns the principal of an Authorization header (RFC 6750 §2.1), or fails with the reason why there is none. */
export type Authenticate = (authorization: string | undefined) => Promise<Principal>;

export const createAuthenticator =
  (keys: () => Keyring, sessionCache: SessionCache, clock: Clock): Authenticate =>
  async (authorization) => {
    const token = /^Bearer +([A-Za-z0-9._~+/-]+=*)$/i.exec(authorization ?? '')?.[1];
    if (!token)
      throw new AppError(
        'unauthenticated',
        'A bearer token is required. Send Authorization: Bearer <accessToken>.',
      );
    const caller = await verifyAccessToken(keys(), token, clock.now());
    return { ...caller, role: await sessionCache.verify(caller) };
  };
