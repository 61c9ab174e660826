import { z } from 'zod';
import type { Config } from '../config/parameters.ts';
import { email } from '../core/email.ts';
import { AppError } from '../core/errors.ts';
import { endpoint } from '../http/endpoint.ts';
import { checkPassword, type PasswordCheckServices } from './checkPassword.ts';
import { presentedPassword } from './password.ts';
import type { AccountStore, SessionStore } from './ports.ts';
import { newSession } from './session.ts';
import { issueTokens, signedIn, type TokenServices } from './tokens.ts';

type LoginServices = PasswordCheckServices &
  TokenServices & {
    accounts: AccountStore;
    sessions: SessionStore;
    config: Pick<Config, 'REFRESH_TOKEN_EXPIRE_DAYS' | 'MAX_SESSIONS'>;
  };

export const login = endpoint({
  name: 'login',
  method: 'POST',
  path: '/api/auth/login',
  summary: 'Sign in with e-mail and password',
  access: 'public',
  rateLimitMode: 'strict',
  request: z.object({ email, password: presentedPassword }),
  responses: { 200: signedIn },
  errors: ['invalid_credentials', 'account_disabled'],

  async handle({ body: { email, password }, origin, audit, log }, services: LoginServices) {
    const { accounts, sessions, ids, clock, config } = services;
    const invalidCredentials = () =>
      new AppError('invalid_credentials', 'The e-mail or the password is wrong.');
    const account = await accounts.findByEmail(email);
    const isRight = await checkPassword(services, {
      event: 'login',
      email,
      account,
      password,
      origin,
      caller: null,
      audit,
    });
    if (!account || !isRight) throw invalidCredentials();
    const { userId } = account;
    if (!account.isActive) {
      await audit('login', 'failure', { userId, reason: 'account_disabled' });
      throw new AppError('account_disabled', 'This account is disabled.');
    }

    const session = newSession(ids(), userId, clock.now(), config.REFRESH_TOKEN_EXPIRE_DAYS);
    // The password may have been changed while it was compared.
    if ((await sessions.create(session, account.passwordHash)) === 'refused') {
      await audit('login', 'failure', { userId, reason: 'changed_meanwhile' });
      throw invalidCredentials();
    }
    await sessions.endOldest(session, config.MAX_SESSIONS).catch((error) => {
      // The next sign-in retries this.
      log('WARNING', 'old_sessions_not_ended', { userId, reason: String(error) });
    });
    const holder = { userId, sessionId: session.id, generation: 1 };
    await audit('login', 'success', holder);
    return { status: 200, body: { userId, email, ...(await issueTokens(services, holder)) } };
  },
});
