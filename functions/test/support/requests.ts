import { randomUUID } from 'node:crypto';
import { signAccessToken } from '../../src/accounts/accessToken.ts';
import type { Account } from '../../src/accounts/account.ts';
import { login, logout, refresh, register } from '../../src/app/endpoints.ts';
import type { ServedEndpoint } from '../../src/app/functions.ts';
import type { Services } from '../../src/app/services.ts';
import type { Capture } from '../../src/tweets/tweet.ts';
import { call } from './call.ts';
import { queued } from './fill.ts';
import { completeTweet, sampleAccount, sampleSession, seedSessions } from './samples.ts';

export const EMAIL = 'user@example.com';
export const PASSWORD = 'Correct-horse-1';

interface Valid {
  path?: string;
  headers?: Record<string, string>;
  body?: Record<string, unknown>;
}

/** One valid request for each endpoint by its name; what it needs is put into the stores first. */
export const VALID: Record<string, (services: Services) => Promise<Valid>> = {
  register: async () => ({ body: { email: EMAIL, password: PASSWORD } }),
  login: async (services) => {
    await signUp(services);
    return { body: { email: EMAIL, password: PASSWORD } };
  },
  refresh: async (services) => {
    const { refreshToken } = await signUp(services);
    return { body: { refreshToken } };
  },
  capture: async (services) => ({ headers: await bearer(services), body: completeTweet() }),
  captureBatch: async (services) => ({
    headers: await bearer(services),
    body: { source: 'archive', tweets: [completeTweet()] },
  }),
  listTweets: async (services) => ({ headers: (await withTweet(services)).headers }),
  exportTweets: async (services) => ({ headers: (await withTweet(services)).headers }),
  getTweet: withTweet,
  deleteTweet: withTweet,
  getQueue: async (services) => ({ headers: (await withTweet(services)).headers }),
  logout: async (services) => {
    const { refreshToken } = await signUp(services);
    return { body: { refreshToken } };
  },
  changePassword: async (services) => {
    const { accessToken } = await signUp(services);
    return {
      headers: { Authorization: `Bearer ${accessToken}` },
      body: { currentPassword: PASSWORD, newPassword: 'Another-horse-2' },
    };
  },
  deleteAccount: async (services) => {
    const { accessToken } = await signUp(services);
    return { headers: { Authorization: `Bearer ${accessToken}` }, body: { password: PASSWORD } };
  },
  exportAccount: async (services) => ({ headers: await bearer(services) }),
  getAccount: async (services) => ({ headers: await bearer(services) }),
  endSession: async (services) => {
    const { userId, accessToken } = await signUp(services);
    const session = sampleSession(userId, services.clock.now());
    await seedSessions(services, session);
    const path = `/api/account/sessions/${session.id}`;
    return { path, headers: { Authorization: `Bearer ${accessToken}` } };
  },
  getStatus: asAdmin(),
  getAdminQueue: asAdmin(),
  retryQueueNow: asAdmin(({ id }) => ({ body: { ids: [id] } })),
  purgeQueue: asAdmin(({ id }) => ({ body: { ids: [id] } })),
  republish: asAdmin(({ userId, fields: tweet }) => ({
    path: `/api/admin/tweets/${userId}/${tweet.tweetId}/republish`,
  })),
  health: async () => ({}),
};

/** A caller with a tweet in the queue, and its path. */
async function withTweet(services: Services) {
  const userId = randomUUID();
  const [{ fields: tweet }] = (await queued(services, 1, userId)) as [Capture];
  return { path: `/api/tweets/${tweet.tweetId}`, headers: await bearer(services, { userId }) };
}

/** An admin, and a tweet of somebody else in the queue. */
function asAdmin(request: (capture: Capture) => Valid = () => ({})) {
  return async (services: Services): Promise<Valid> => {
    const [capture] = (await queued(services, 1)) as [Capture];
    return { ...request(capture), headers: await bearer(services, { role: 'admin' }) };
  };
}

export async function validRequest({ name }: ServedEndpoint, services: Services): Promise<Valid> {
  const arrange = VALID[name];
  if (!arrange) throw new Error(`support/requests.ts has no valid request for ${name}`);
  return await arrange(services);
}

/** Registers an account; answers the body of the 201. */
export async function signUp(services: Services, email = EMAIL, password = PASSWORD) {
  const { status, body, text } = await call(register, services, { body: { email, password } });
  if (status !== 201) throw new Error(`register answered ${status}: ${text}`);
  return body as { userId: string; email: string; accessToken: string; refreshToken: string };
}

export const signIn = (services: Services, email: string, password: string) =>
  call(login, services, { body: { email, password } });

export const logoutWith = (services: Services, body: unknown, headers: Record<string, string> = {}) =>
  call(logout, services, { body, headers });

export const refreshWith = (services: Services, refreshToken: string) =>
  call(refresh, services, { body: { refreshToken } });

/** The headers of a caller that holds a valid access token. */
export async function bearer(
  { keys, clock, accounts }: Services,
  { userId = randomUUID() as string, lifetimeSeconds = 3600, role = 'user' as Account['role'] } = {},
): Promise<{ Authorization: string }> {
  const session = sampleSession(userId, clock.now());
  const caller = { userId, sessionId: session.id };
  await accounts.createUnlessTaken(
    { ...sampleAccount(`${session.id}@example.com`, clock.now()), userId, role },
    session,
  );
  const token = { id: randomUUID(), now: clock.now(), lifetimeSeconds };
  return { Authorization: `Bearer ${await signAccessToken(keys(), caller, token)}` };
}
