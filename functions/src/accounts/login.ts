import { z } from 'zod';
import { Failure } from '../failures.ts';
import { endpoint } from '../http/endpoint.ts';
import { email } from './account.ts';
import { presentedPassword } from './password.ts';
import { newSession } from './session.ts';
import { issueTokens, signedIn } from './tokens.ts';

export const login = endpoint({
  name: 'login',
  method: 'POST',
  path: '/api/auth/login',
  summary: 'Sign in with e-mail and password',
  access: 'public',
  request: z.object({ email, password: presentedPassword }),
  responses: { 200: signedIn },
  failures: ['invalid_credentials', 'account_disabled'],

  async handle({ body }, services) {
    const { accounts, sessions, passwords, ids, clock, config } = services;
    const account = await accounts.findByEmail(body.email);
    const matches = await passwords.matches(body.password, account?.passwordHash ?? null);
    const wrong = () => new Failure('invalid_credentials', 'The e-mail or the password is wrong.');
    if (!account || !matches) throw wrong();
    if (!account.isActive) throw new Failure('account_disabled', 'This account is disabled.');

    const { userId, email } = account;
    const session = newSession(ids(), userId, clock.now(), config.REFRESH_TOKEN_EXPIRE_DAYS);
    // The password may have been changed while it was compared.
    if ((await sessions.create(session, account.passwordHash)) === 'refused') throw wrong();
    const holder = { userId, sessionId: session.id, generation: 1 };
    return { status: 200, body: { userId, email, ...(await issueTokens(services, holder)) } };
  },
});
