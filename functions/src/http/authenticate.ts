import { type Caller, verifyAccessToken } from '../accounts/accessToken.ts';
import type { Account } from '../accounts/account.ts';
import { Failure } from '../failures.ts';
import type { Services } from '../ports.ts';

export type Authenticated = Caller & { role: Account['role'] };

/** The caller that an Authorization header (RFC 6750 §2.1) speaks for, and what they may do. */
export async function authenticate(header: string | undefined, services: Services): Promise<Authenticated> {
  const token = /^Bearer +([A-Za-z0-9._~+/-]+=*)$/i.exec(header ?? '')?.[1];
  if (!token) throw new Failure('unauthenticated', 'A bearer token is required.');
  const caller = await verifyAccessToken(services.keys(), token, services.clock.now());
  return { ...caller, role: await services.liveSessions.check(caller) };
}
