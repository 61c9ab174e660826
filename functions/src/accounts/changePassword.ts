import { z } from 'zod';
import { AppError } from '../core/errors.ts';
import { endpoint } from '../http/endpoint.ts';
import { checkPassword, type PasswordCheckServices } from './checkPassword.ts';
import { newPassword, presentedPassword } from './password.ts';
import type { AccountStore } from './ports.ts';
import type { SessionCache } from './sessionCache.ts';

export const changePassword = endpoint({
  name: 'changePassword',
  method: 'POST',
  path: '/api/auth/password',
  summary: 'Change the password and end every other session',
  access: 'bearer',
  rateLimitMode: 'strict',
  request: z.object({ currentPassword: presentedPassword, newPassword }),
  responses: { 204: z.null() },
  errors: ['invalid_credentials'],

  async handle(
    { body, caller, origin, audit },
    services: PasswordCheckServices & { accounts: AccountStore; sessionCache: SessionCache },
  ) {
    const { accounts, sessionCache, passwords, clock } = services;
    const { userId, sessionId } = caller;
    const invalidCredentials = () => new AppError('invalid_credentials', 'The current password is wrong.');
    const account = await accounts.findById(userId);
    if (!account) throw invalidCredentials();
    const { email } = account;
    const password = body.currentPassword;
    const attempt = { event: 'password_changed' as const, email, account, password, origin, caller, audit };
    if (!(await checkPassword(services, attempt))) throw invalidCredentials();
    const passwordHash = await passwords.hash(body.newPassword);
    const expectedHash = account.passwordHash;
    const change = { expectedHash, passwordHash, keptSessionId: sessionId, at: clock.now() };
    try {
      if ((await accounts.changePassword(userId, change)) === 'refused') {
        await audit('password_changed', 'failure', { ...caller, reason: 'changed_meanwhile' });
        throw invalidCredentials();
      }
    } finally {
      sessionCache.clear();
    }
    await audit('password_changed', 'success', caller);
    return { status: 204, body: null };
  },
});
