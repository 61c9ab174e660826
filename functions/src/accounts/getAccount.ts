import { z } from 'zod';
import type { Budgets } from '../budgets/budgets.ts';
import { AppError } from '../core/errors.ts';
import type { Clock } from '../core/runtime.ts';
import { endpoint } from '../http/endpoint.ts';
import type { AccountStore, SessionStore } from './ports.ts';

const time = z.iso.datetime();
const session = z
  .object({
    id: z.uuid(),
    current: z
      .boolean()
      .meta({ description: 'Whether this is the session of the request', examples: [true] }),
    createdAt: time,
    lastUsedAt: time,
    expiresAt: time,
  })
  .meta({ id: 'Session' });

const budget = z.object({ used: z.number().min(0), limit: z.number().min(1) });
const usage = z
  .object({ captures: budget, megabytes: budget, exports: budget, reads: budget, resetsAt: time })
  .meta({
    id: 'Usage',
    description:
      'My usage of each daily budget. Each instance reports in steps of 1 % of a budget, so used may be less than ' +
      'what was counted',
    examples: [
      {
        captures: { used: 1000, limit: 100_000 },
        megabytes: { used: 1.2, limit: 500 },
        exports: { used: 3, limit: 200 },
        reads: { used: 5000, limit: 500_000 },
        resetsAt: '2026-03-02T00:00:00.000Z',
      },
    ],
  });

export const getAccount = endpoint({
  name: 'getAccount',
  method: 'GET',
  path: '/api/account',
  summary: 'Get my account, my sessions (the latest used first) and my usage of the daily budgets',
  access: 'bearer',
  rateLimitMode: 'lenient',
  request: null,
  responses: {
    200: z
      .object({
        userId: z.uuid(),
        email: z.string().meta({ examples: ['user@example.com'] }),
        role: z.enum(['user', 'admin']),
        createdAt: time,
        sessions: z.array(session),
        usage,
      })
      .meta({ id: 'Account' }),
  },
  errors: [],

  async handle(
    { caller },
    {
      accounts,
      sessions,
      budgets,
      clock,
    }: { accounts: AccountStore; sessions: SessionStore; budgets: Budgets; clock: Clock },
  ) {
    const [account, live, { used, limits, resetsAt }] = await Promise.all([
      accounts.findById(caller.userId),
      sessions.listLive(caller.userId, clock.now()),
      budgets.usage(caller.userId),
    ]);
    if (!account) throw new AppError('unauthenticated', 'The session has ended. Sign in again.');
    const { userId, email, role, createdAt } = account;
    const shown = live.map(({ id, createdAt, lastUsedAt, expiresAt }) => ({
      id,
      current: id === caller.sessionId,
      createdAt: createdAt.toISOString(),
      lastUsedAt: lastUsedAt.toISOString(),
      expiresAt: expiresAt.toISOString(),
    }));
    const megabytes = (bytes: number) => Math.round(bytes / 100_000) / 10;
    const usage = {
      captures: { used: used.captures, limit: limits.captures },
      megabytes: { used: megabytes(used.bytes), limit: megabytes(limits.bytes) },
      exports: { used: used.exports, limit: limits.exports },
      reads: { used: used.reads, limit: limits.reads },
      resetsAt: resetsAt.toISOString(),
    };
    return {
      status: 200,
      body: { userId, email, role, createdAt: createdAt.toISOString(), sessions: shown, usage },
    };
  },
});
