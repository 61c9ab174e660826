import { randomUUID } from 'node:crypto';
import * as endpoints from '../../functions/src/endpoints.ts';
import * as functions from '../../functions/src/index.ts';
import { APPS } from './contestants.mjs';
import { queuedTweet, queueItem } from './documents.mjs';
import { openFirestore } from './firestore.mjs';
import { exchange, startInstance } from './instance.mjs';
import { makeMemoryLimit } from './memoryLimit.mjs';

const ROUNDS = 3;
const TWEETS = 150;
/** The text of a tweet of the maximum size. */
const TEXT = 'é'.repeat(128 * 1024);
const BATCH_BYTES = endpoints.captureBatch.body.limitBytes;

/**
 * The peak memory of a new instance of each HTTPS function, in a control group of its memory size, while it serves its
 * largest requests at its concurrency.
 */
export async function memory(requests, env) {
  await fill(requests);
  const rows = [];
  for (const [name, { __endpoint: deployed }] of Object.entries(functions)) {
    if (!deployed.httpsTrigger) continue;
    const { availableMemoryMb: mebibytes = 256 } = deployed;
    const inFlight = typeof deployed.concurrency === 'number' ? deployed.concurrency : 80;
    const memoryLimit = makeMemoryLimit(mebibytes);
    const instance = await startInstance({ ...APPS.ours(name), memoryLimit }, env);
    try {
      await instance.send({ ...requests.preflight(), path: largest(name, requests).path.split('?')[0] });
      const statuses = new Map();
      for (let round = 0; round < ROUNDS; round++) {
        const all = Array.from({ length: inFlight }, () => exchange(instance.port, largest(name, requests)));
        for (const { value, reason } of await Promise.allSettled(all)) {
          const status = value?.status ?? reason.code;
          statuses.set(status, (statuses.get(status) ?? 0) + 1);
        }
      }
      const answers = [...statuses].map(([status, count]) => `${count} × ${status}`).join(', ');
      rows.push({ name, inFlight, limit: mebibytes, MiB: instance.peakMegabytes() ?? 'killed', answers });
      if (process.env.BENCH_DEBUG) console.log(JSON.stringify(rows.at(-1)));
    } finally {
      await instance.stop();
      memoryLimit?.remove();
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
const DEFINITIONS = new Map(Object.entries(endpoints));

function largest(name, requests) {
  const { method, path } = DEFINITIONS.get(name) ?? endpoints.getTweet;
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
