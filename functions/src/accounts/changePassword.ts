import { z } from 'zod';
import { Failure } from '../failures.ts';
import { endpoint } from '../http/endpoint.ts';
import { newPassword, presentedPassword } from './password.ts';

export const changePassword = endpoint({
  name: 'changePassword',
  method: 'POST',
  path: '/api/auth/password',
  summary: 'Change the password and end every other session',
  access: 'bearer',
  request: z.object({ currentPassword: presentedPassword, newPassword }),
  responses: { 204: z.null() },
  failures: ['invalid_credentials'],

  async handle({ body, caller, log }, { accounts, liveSessions, passwords, clock }) {
    const { userId, sessionId } = caller;
    const wrong = () => new Failure('invalid_credentials', 'The current password is wrong.');
    const account = await accounts.findById(userId);
    if (!account || !(await passwords.matches(body.currentPassword, account.passwordHash))) {
      throw wrong();
    }
    const passwordHash = await passwords.hash(body.newPassword);
    const expectedHash = account.passwordHash;
    const change = { expectedHash, passwordHash, keptSessionId: sessionId, at: clock.now() };
    try {
      if ((await accounts.changePassword(userId, change)) === 'refused') throw wrong();
    } finally {
      liveSessions.forget();
    }
    log('INFO', 'password_changed', { userId, sessionId });
    return { status: 204, body: null };
  },
});
