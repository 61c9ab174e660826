import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import jwt from 'jsonwebtoken';
import { functions } from '../../scripts/lib/project.mjs';
import { PROJECT, TOPIC } from './emulators.mjs';
import { startInstance } from './instance.mjs';

const KEY = 'k'.repeat(48);
const app = (name) => fileURLToPath(new URL(`../apps/${name}`, import.meta.url));
const JSON_TYPE = { 'Content-Type': 'application/json' };

/** What every process is given, as the platform gives it; limits are out of the way. */
export const environment = () => ({
  GCLOUD_PROJECT: PROJECT,
  GOOGLE_CLOUD_PROJECT: PROJECT,
  PUBSUB_TOPIC: TOPIC,
  JWT_SECRET_KEY: KEY,
  JWT_SECRET_KEY_PREVIOUS: 'none',
  ALERT_WEBHOOK_URL: 'none',
  RATE_LIMIT_PER_MINUTE: '1000000',
  PUBLIC_RATE_LIMIT_PER_MINUTE: '1000000',
  LOG_LEVEL: 'WARNING',
});

/** What is compared: where it is, and which function is asked. */
export const APPS = {
  hello: { folder: app('limit'), target: 'hello' },
  create: { folder: app('limit'), target: 'create' },
  list: { folder: app('limit'), target: 'list' },
  publish: { folder: app('limit'), target: 'publish' },
  naiveCapture: { folder: app('tutorial'), target: 'capture' },
  naivePublish: { folder: app('tutorial'), target: 'publishTweet', signature: 'cloudevent' },
  seedCapture: { folder: app('tutorial'), target: 'captureAtOnce' },
  ours: (target, folder = functions) => ({
    folder,
    target,
    signature: target === 'publishTweet' ? 'cloudevent' : 'http',
  }),
};

/** Signs a user up with the project itself, and gives the requests that the bench makes in their name. */
export async function createRequests(env) {
  const register = await startInstance(APPS.ours('register'), env);
  const body = JSON.stringify({ email: `${randomUUID()}@example.com`, password: 'Correct-horse-1' });
  const { userId, accessToken } = JSON.parse((await register.send({ headers: JSON_TYPE, body })).body);
  await register.stop();

  let last = 10n ** 17n + BigInt(Date.now()) * 1000n;
  const nextTweet = () => ({
    tweetId: String(++last),
    tweetText:
      'What one likes, in a tweet of the usual length: a sentence or two, a name, and perhaps a link. 🌍',
    authorUsername: 'someone',
    hasLink: true,
  });
  const capture = (token, prefer, tweet = nextTweet()) => ({
    headers: { ...JSON_TYPE, Authorization: `Bearer ${token}`, Prefer: prefer },
    body: JSON.stringify(tweet),
  });
  return {
    userId,
    get: () => ({ method: 'GET', headers: { Authorization: `Bearer ${accessToken}` } }),
    preflight: () => ({ method: 'OPTIONS' }),
    /** `prefer`: respond-async or wait=N. */
    capture: (prefer = 'respond-async', tweet = undefined) => capture(accessToken, prefer, tweet),
    /** For those who know no sessions. */
    simpleCapture: () => capture(jwt.sign({ sub: userId }, KEY), 'respond-async'),
    nextTweet,
  };
}
