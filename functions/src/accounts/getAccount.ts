import { z } from 'zod';
import { Failure } from '../failures.ts';
import { endpoint } from '../http/endpoint.ts';

const time = z.iso.datetime();
const session = z
  .object({
    id: z.uuid(),
    current: z.boolean().meta({ description: 'Whether it is the one that asks', examples: [true] }),
    createdAt: time,
    lastUsedAt: time,
    expiresAt: time,
  })
  .meta({ id: 'Session' });

export const getAccount = endpoint({
  name: 'getAccount',
  method: 'GET',
  path: '/api/account',
  summary: 'Who I am, and my sessions, the latest used first',
  access: 'bearer',
  counting: 'lenient',
  request: null,
  responses: {
    200: z
      .object({
        userId: z.uuid(),
        email: z.string().meta({ examples: ['user@example.com'] }),
        role: z.enum(['user', 'admin']),
        createdAt: time,
        sessions: z.array(session),
      })
      .meta({ id: 'Account' }),
  },
  failures: [],

  async handle({ caller }, { accounts, sessions, clock }) {
    const [account, live] = await Promise.all([
      accounts.findById(caller.userId),
      sessions.listLive(caller.userId, clock.now()),
    ]);
    if (!account) throw new Failure('unauthenticated', 'The session has ended.');
    const { userId, email, role, createdAt } = account;
    const shown = live.map(({ id, createdAt, lastUsedAt, expiresAt }) => ({
      id,
      current: id === caller.sessionId,
      createdAt: createdAt.toISOString(),
      lastUsedAt: lastUsedAt.toISOString(),
      expiresAt: expiresAt.toISOString(),
    }));
    return {
      status: 200,
      body: { userId, email, role, createdAt: createdAt.toISOString(), sessions: shown },
    };
  },
});
