import { z } from 'zod';
import { TUNING } from '../config.ts';
import { Failure } from '../failures.ts';
import { endpoint } from '../http/endpoint.ts';
import { checkPassword } from './checkPassword.ts';
import { eraseAll } from './eraseAccounts.ts';
import { presentedPassword } from './password.ts';

export const deleteAccount = endpoint({
  name: 'deleteAccount',
  method: 'POST',
  path: '/api/account/delete',
  summary:
    'Delete my account and everything stored about me: 204 when it is gone, 202 while the rest is erased',
  access: 'bearer',
  counting: 'strict',
  request: z.object({ password: presentedPassword }),
  responses: { 202: z.null(), 204: z.null() },
  failures: ['invalid_credentials'],

  async handle({ body: { password }, caller, origin, audit, log }, services) {
    const { accounts, personalData, liveSessions, clock } = services;
    const { userId } = caller;
    const wrong = () => new Failure('invalid_credentials', 'The password is wrong.');
    const account = await accounts.findById(userId);
    if (!account) throw wrong();
    const { email } = account;
    const attempt = { event: 'account_deleted' as const, email, account, password, origin, caller, audit };
    if (!(await checkPassword(services, attempt))) throw wrong();
    const begunAt = clock.now();
    try {
      if ((await personalData.beginErasure(account, begunAt)) === 'refused') {
        await audit('account_deleted', 'failure', { ...caller, reason: 'changed_meanwhile' });
        throw wrong();
      }
    } finally {
      liveSessions.forget();
    }
    // It names nobody: what does is erased.
    await audit('account_deleted', 'success');
    const stopAt = begunAt.getTime() + TUNING.erasure.requestBudgetMs;
    try {
      const isDone = await eraseAll(userId, services, () => clock.now().getTime() < stopAt);
      return { status: isDone ? 204 : 202, body: null };
    } catch (error) {
      // The account is gone already; the schedule goes on with the rest.
      log('WARNING', 'erasure_interrupted', { reason: String(error) });
      return { status: 202, body: null };
    }
  },
});
