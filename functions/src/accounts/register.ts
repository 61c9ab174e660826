import { z } from 'zod';
import type { Config } from '../config.ts';
import { Failure } from '../failures.ts';
import { endpoint } from '../http/endpoint.ts';
import { newAccount, newEmail } from './account.ts';
import { rememberOrigin } from './checkPassword.ts';
import { newPassword } from './password.ts';
import { newSession } from './session.ts';
import { issueTokens, signedIn } from './tokens.ts';

export const register = endpoint({
  name: 'register',
  method: 'POST',
  path: '/api/auth/register',
  summary: 'Create an account and sign in',
  access: 'public',
  counting: 'strict',
  brake: 'registration',
  request: z.object({ email: newEmail, password: newPassword }),
  responses: { 201: signedIn },
  failures: ['forbidden', 'email_taken'],

  async handle({ body, origin, audit, log }, services) {
    const { accounts, passwords, ids, clock, config } = services;
    if (!mayRegister(body.email, config)) {
      throw new Failure('forbidden', 'Registration is not open to this e-mail address.');
    }
    const taken = () => new Failure('email_taken', 'An account with this e-mail address exists already.');
    // Only spares the hash; what makes the address unique is the commit below.
    if (await accounts.findByEmail(body.email)) throw taken();

    const passwordHash = await passwords.hash(body.password);
    const now = clock.now();
    const account = newAccount(ids(), body.email, passwordHash, now);
    const session = newSession(ids(), account.userId, now, config.REFRESH_TOKEN_EXPIRE_DAYS);
    if ((await accounts.createUnlessTaken(account, session)) === 'taken') throw taken();

    const holder = { userId: account.userId, sessionId: session.id, generation: 1 };
    const { userId, email } = account;
    await audit('register', 'success', holder);
    await rememberOrigin(email, origin, services).catch((error) => {
      // The account is there; all that is lost is a privilege under attack.
      log('WARNING', 'origin_not_remembered', { reason: String(error) });
    });
    return { status: 201, body: { userId, email, ...(await issueTokens(services, holder)) } };
  },
});

/** An empty list of addresses allows everyone. */
function mayRegister(email: string, { REGISTRATION, ALLOWED_EMAILS }: Config): boolean {
  if (REGISTRATION === 'closed') return false;
  return ALLOWED_EMAILS.length === 0 || ALLOWED_EMAILS.includes(email);
}
