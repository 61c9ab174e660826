import { randomUUID } from 'node:crypto';
import { FUNCTIONS } from '../../functions/src/app/functions.ts';
import { BATCH } from '../../functions/src/tweets/captureBatch.ts';
import { APPS } from './contestants.mjs';
import { queuedTweet, queueItem } from './documents.mjs';
import { openFirestore } from './firestore.mjs';
import { exchange, startInstance } from './instance.mjs';
import { makeMemoryLimit } from './memoryLimit.mjs';

const ROUNDS = 3;
const TWEETS = 150;
/** The longest text that a capture may have, in characters of four bytes. */
const TEXT = '😀'.repeat(5000);
const BATCH_BYTES = BATCH.body.limitBytes;

/**
 * The peak memory of a fresh instance for each endpoint, in a control group as large as the instance, while it answers as
 * many of its largest requests at once as the platform sends it.
 */
export async function memory(requests, env) {
  await fill(requests);
  const rows = [];
  for (const [target, { endpoints, memory, concurrency: inFlight }] of Object.entries(FUNCTIONS)) {
    for (const definition of endpoints) {
      const mebibytes = Number.parseInt(memory, 10);
      const memoryLimit = makeMemoryLimit(mebibytes);
      const instance = await startInstance({ ...APPS.ours(target), memoryLimit }, env);
      try {
        await instance.send({
          ...requests.preflight(),
          path: largest(definition, requests).path.split('?')[0],
        });
        const statuses = new Map();
        for (let round = 0; round < ROUNDS; round++) {
          const all = Array.from({ length: inFlight }, () =>
            exchange(instance.port, largest(definition, requests)),
          );
          for (const { value, reason } of await Promise.allSettled(all)) {
            const status = value?.status ?? reason.code;
            statuses.set(status, (statuses.get(status) ?? 0) + 1);
          }
        }
        const answers = [...statuses].map(([status, count]) => `${count} × ${status}`).join(', ');
        const peak = instance.peakMegabytes() ?? 'killed';
        rows.push({
          function: target,
          endpoint: definition.name,
          inFlight,
          limit: mebibytes,
          MiB: peak,
          answers,
        });
        if (process.env.BENCH_DEBUG) console.log(JSON.stringify(rows.at(-1)));
      } finally {
        await instance.stop();
        memoryLimit?.remove();
      }
    }
  }
  return rows;
}

/** Stores more tweets and queue items of the maximum size than a page contains, and makes the caller an admin. */
async function fill(requests) {
  const db = openFirestore();
  await db.doc(`users/${requests.userId}`).update({ role: 'admin' });
  for (let index = 0; index < TWEETS; index++) {
    const { id, ...document } = queuedTweet(requests);
    document.rawData.tweetText = TEXT;
    const batch = db.batch().set(db.collection('tweets').doc(id), document);
    await batch.set(db.collection('queue').doc(id), queueItem(document)).commit();
    requests.largestTweetId = document.tweetId;
  }
  await db.terminate();
}

const JSON_TYPE = { 'Content-Type': 'application/json' };
const password = 'Another-horse-2';
const emptyTweets = `{"tweets":[${Array(Math.floor((BATCH_BYTES - 20) / 3))
  .fill('{}')
  .join()}]}`;

const BODIES = {
  register: () => ({ email: `${randomUUID()}@example.com`, password }),
  login: () => ({ email: 'nobody@example.com', password }),
  changePassword: () => ({ currentPassword: password, newPassword: 'Another-horse-3' }),
  deleteAccount: () => ({ password }),
  refresh: () => ({ refreshToken: 'x' }),
  logout: () => ({ refreshToken: 'x' }),
  capture: ({ nextTweet }) => ({ ...nextTweet(), tweetText: '🙂'.repeat(5000), more: 'x'.repeat(40_000) }),
  captureBatch: () => emptyTweets,
  retryQueueNow: () => ({ all: true }),
  purgeQueue: () => ({ ids: ['nobody_1'] }),
};

const LISTS = ['listTweets', 'getQueue', 'getAdminQueue'];

function largest({ name, method, path }, requests) {
  const { headers } = requests.get();
  const filled = path.replace('{tweetId}', requests.largestTweetId).replace(/\{\w+\}/g, requests.userId);
  if (method !== 'POST') {
    return { method, path: LISTS.includes(name) ? `${filled}?limit=100` : filled, headers };
  }
  const body = BODIES[name]?.(requests);
  return {
    method,
    path: filled,
    headers: { ...headers, ...JSON_TYPE, Prefer: 'respond-async' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  };
}
