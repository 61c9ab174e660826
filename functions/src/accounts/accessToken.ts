import { errors, jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import { AppError } from '../core/errors.ts';
import type { Caller } from '../http/principal.ts';
import type { Keyring } from './keys.ts';

const ISSUER = 'tweet-capture';
const AUDIENCE = 'tweet-capture-api';
const claims = z.object({ sub: z.uuid(), sid: z.uuid(), jti: z.uuid(), iat: z.number(), exp: z.number() });

/** A JWT access token (RFC 9068), signed by HS256 with the current key. */
export function signAccessToken(
  keys: Keyring,
  caller: Caller,
  token: { id: string; now: Date; lifetimeSeconds: number },
): Promise<string> {
  const issuedAt = Math.floor(token.now.getTime() / 1000);
  return new SignJWT({ sid: caller.sessionId })
    .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid: keys.current.kid })
    .setIssuer(ISSUER)
    .setAudience(AUDIENCE)
    .setSubject(caller.userId)
    .setJti(token.id)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + token.lifetimeSeconds)
    .sign(keys.current.accessToken);
}

/**
 * Returns the caller of a token that passes every check of RFC 8725: one algorithm, explicit type, our issuer and audience,
 * and a key of ours by `kid`. Fails with `token_expired`, or with `unauthenticated` for any other reason.
 */
export async function verifyAccessToken(keys: Keyring, token: string, now: Date): Promise<Caller> {
  try {
    const { payload } = await jwtVerify(
      token,
      ({ kid }) => {
        const key = keys.all.find((candidate) => candidate.kid === kid);
        if (!key) throw new errors.JWKSNoMatchingKey();
        return key.accessToken;
      },
      {
        algorithms: ['HS256'],
        typ: 'at+jwt',
        issuer: ISSUER,
        audience: AUDIENCE,
        currentDate: now,
      },
    );
    const { sub, sid } = claims.parse(payload);
    return { userId: sub, sessionId: sid };
  } catch (error) {
    if (error instanceof errors.JWTExpired)
      throw new AppError(
        'token_expired',
        'The access token has expired. Get a new one with the refresh token.',
      );
    throw new AppError('unauthenticated', 'The access token is not valid.', { cause: error });
  }
}
