import { z } from 'zod';
import { checkPassword, type PasswordCheckServices } from '../accounts/checkPassword.ts';
import { presentedPassword } from '../accounts/password.ts';
import type { AccountStore } from '../accounts/ports.ts';
import type { SessionCache } from '../accounts/sessionCache.ts';
import { AppError } from '../core/errors.ts';
import { endpoint } from '../http/endpoint.ts';
import { ERASURE, eraseAll } from './eraseAccounts.ts';
import type { PersonalData } from './ports.ts';

type DeleteAccountServices = PasswordCheckServices & {
  accounts: AccountStore;
  personalData: PersonalData;
  sessionCache: SessionCache;
};

export const deleteAccount = endpoint({
  name: 'deleteAccount',
  method: 'POST',
  path: '/api/account/delete',
  summary:
    'Delete my account and everything stored about me. 204 if all is erased, 202 if the rest is erased later',
  access: 'bearer',
  rateLimitMode: 'strict',
  request: z.object({ password: presentedPassword }),
  responses: { 202: z.null(), 204: z.null() },
  errors: ['invalid_credentials'],

  async handle({ body: { password }, caller, origin, audit, log }, services: DeleteAccountServices) {
    const { accounts, personalData, sessionCache, clock } = services;
    const { userId } = caller;
    const invalidCredentials = () => new AppError('invalid_credentials', 'The password is wrong.');
    const account = await accounts.findById(userId);
    if (!account) throw invalidCredentials();
    const { email } = account;
    const attempt = { event: 'account_deleted' as const, email, account, password, origin, caller, audit };
    if (!(await checkPassword(services, attempt))) throw invalidCredentials();
    const begunAt = clock.now();
    try {
      if ((await personalData.beginErasure(account, begunAt)) === 'refused') {
        await audit('account_deleted', 'failure', { ...caller, reason: 'changed_meanwhile' });
        throw invalidCredentials();
      }
    } finally {
      sessionCache.clear();
    }
    // The entry names nobody, because the data of the account is erased.
    await audit('account_deleted', 'success');
    const stopAt = begunAt.getTime() + ERASURE.requestBudgetMs;
    try {
      const isDone = await eraseAll(userId, services, () => clock.now().getTime() < stopAt);
      return { status: isDone ? 204 : 202, body: null };
    } catch (error) {
      // The account is deleted already. The schedule erases the rest.
      log('WARNING', 'erasure_interrupted', { reason: String(error) });
      return { status: 202, body: null };
    }
  },
});
