import { z } from 'zod';
import type { Config } from '../config/parameters.ts';
import { newEmail } from '../core/email.ts';
import { AppError } from '../core/errors.ts';
import { endpoint } from '../http/endpoint.ts';
import { newAccount } from './account.ts';
import { type PasswordCheckServices, trustOrigin } from './checkPassword.ts';
import { newPassword } from './password.ts';
import type { AccountStore } from './ports.ts';
import { newSession } from './session.ts';
import { issueTokens, signedIn, type TokenServices } from './tokens.ts';

type RegisterServices = PasswordCheckServices &
  TokenServices & {
    accounts: AccountStore;
    config: Pick<Config, 'REGISTRATION' | 'ALLOWED_EMAILS' | 'REFRESH_TOKEN_EXPIRE_DAYS'>;
  };

export const register = endpoint({
  name: 'register',
  method: 'POST',
  path: '/api/auth/register',
  summary: 'Create an account and sign in',
  access: 'public',
  rateLimitMode: 'strict',
  brake: 'registration',
  request: z.object({ email: newEmail, password: newPassword }),
  responses: { 201: signedIn },
  errors: ['forbidden', 'email_taken'],

  async handle({ body, origin, audit, log }, services: RegisterServices) {
    const { accounts, passwords, ids, clock, config } = services;
    if (!mayRegister(body.email, config)) {
      throw new AppError('forbidden', 'Registration is closed for this e-mail address.');
    }
    const taken = () =>
      new AppError('email_taken', 'An account with this e-mail address already exists. Sign in instead.');
    // This only saves the hash. The commit below makes the address unique.
    if (await accounts.findByEmail(body.email)) throw taken();

    const passwordHash = await passwords.hash(body.password);
    const now = clock.now();
    const account = newAccount(ids(), body.email, passwordHash, now);
    const session = newSession(ids(), account.userId, now, config.REFRESH_TOKEN_EXPIRE_DAYS);
    if ((await accounts.createUnlessTaken(account, session)) === 'taken') throw taken();

    const holder = { userId: account.userId, sessionId: session.id, generation: 1 };
    const { userId, email } = account;
    await audit('register', 'success', holder);
    await trustOrigin(email, origin, services).catch((error) => {
      // The account exists. Only a privilege during an attack is lost.
      log('WARNING', 'origin_not_remembered', { reason: String(error) });
    });
    return { status: 201, body: { userId, email, ...(await issueTokens(services, holder)) } };
  },
});

/** An empty list allows every address. */
function mayRegister(email: string, { REGISTRATION, ALLOWED_EMAILS }: RegisterServices['config']): boolean {
  if (REGISTRATION === 'closed') return false;
  return ALLOWED_EMAILS.length === 0 || ALLOWED_EMAILS.includes(email);
}
