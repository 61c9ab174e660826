import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import jwt from 'jsonwebtoken';
import { functions } from '../../scripts/project.mjs';
import { PROJECT, TOPIC } from './emulators.mjs';
import { startInstance } from './instance.mjs';

const KEY = 'k'.repeat(48);
const app = (name) => fileURLToPath(new URL(`../apps/${name}`, import.meta.url));
const JSON_TYPE = { 'Content-Type': 'application/json' };

/** The environment of every process, as on the platform, without effective rate limits. */
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

/** The functions to compare, with their folders. */
export const APPS = {
  helloWorld: { folder: app('minimal'), target: 'hello' },
  create: { folder: app('minimal'), target: 'create' },
  publish: { folder: app('minimal'), target: 'publish' },
  baselineCapture: { folder: app('baseline'), target: 'capture' },
  baselinePublish: { folder: app('baseline'), target: 'publishTweet', signature: 'cloudevent' },
  inlineCapture: { folder: app('baseline'), target: 'captureInline' },
  ours: (target, folder = functions) => ({
    folder,
    target,
    signature: target === 'publishTweet' ? 'cloudevent' : 'http',
  }),
};

/** Registers a user with the project itself, and returns the requests of that user. */
export async function createRequests(env) {
  const register = await startInstance(APPS.ours('register'), env);
  const body = JSON.stringify({ email: `${randomUUID()}@example.com`, password: 'Correct-horse-1' });
  const { userId, accessToken } = JSON.parse((await register.send({ headers: JSON_TYPE, body })).body);
  await register.stop();

  let last = 10n ** 17n + BigInt(Date.now()) * 1000n;
  const nextTweet = () => ({
    tweetId: String(++last),
    tweetText:
      'A tweet of the usual length: one or two sentences, a name, and sometimes a link to a page. 🌍',
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
    /** The baselines have no sessions. */
    baselineCapture: () => capture(jwt.sign({ sub: userId }, KEY), 'respond-async'),
    nextTweet,
  };
}
