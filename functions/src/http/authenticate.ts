import { type Caller, verifyAccessToken } from '../accounts/accessToken.ts';
import { Failure } from '../failures.ts';
import type { Services } from '../ports.ts';

/** The caller that an Authorization header (RFC 6750 §2.1) speaks for. */
export async function authenticate(header: string | undefined, services: Services): Promise<Caller> {
  const token = /^Bearer +([A-Za-z0-9._~+/-]+=*)$/i.exec(header ?? '')?.[1];
  if (!token) throw new Failure('unauthenticated', 'A bearer token is required.');
  const caller = await verifyAccessToken(services.keys(), token, services.clock.now());
  await services.liveSessions.check(caller);
  return caller;
}
