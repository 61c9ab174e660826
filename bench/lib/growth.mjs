import { openFirestore, Timestamp } from './firestore.mjs';
import { startInstance } from './instance.mjs';
import { median, round } from './statistics.mjs';
import { APPS } from './work.mjs';

const BATCH = 400;
const PATIENCE_MS = 30_000;

/**
 * Latency of a capture and of a list's first page, one at a time, at growing numbers of stored tweets of the caller. The
 * emulator has no indexes and scans, so that a list is to be held against the same query without us.
 */
export async function growth(requests, env, { sizes, times }) {
  const db = openFirestore();
  const instances = {
    create: await startInstance(APPS.create, env),
    capture: await startInstance(APPS.ours('capture'), env),
    rawList: await startInstance(APPS.list, env),
    list: await startInstance(APPS.ours('listTweets'), env),
  };
  const next = {
    create: () => requests.capture(),
    capture: () => requests.capture(),
    rawList: () => ({ method: 'GET', path: `/?userId=${requests.userId}` }),
    list: requests.get,
  };
  const rows = [];
  let stored = 0;
  for (const size of sizes) {
    await fill(db, requests, size - stored);
    stored = size;
    const samples = { create: [], capture: [], rawList: [], list: [] };
    for (const pair of [
      ['create', 'capture'],
      ['rawList', 'list'],
    ]) {
      const until = performance.now() + PATIENCE_MS;
      for (let time = 0; time < times && (time < 3 || performance.now() < until); time++) {
        for (const name of pair) {
          const startedAt = performance.now();
          await instances[name].send(next[name]());
          samples[name].push(performance.now() - startedAt);
        }
      }
    }
    rows.push({
      stored: size,
      ...Object.fromEntries(Object.entries(samples).map(([name, all]) => [name, round(median(all), 1)])),
    });
  }
  for (const instance of Object.values(instances)) await instance.stop();
  await db.terminate();
  return rows;
}

async function fill(db, requests, count) {
  for (let done = 0; done < count; ) {
    const batches = [];
    for (; batches.length < 8 && done < count; done += BATCH) {
      const batch = db.batch();
      for (let index = 0; index < Math.min(BATCH, count - done); index++) {
        const { id, ...document } = storedTweet(requests, 'published');
        batch.set(db.collection('tweets').doc(id), document);
      }
      batches.push(batch.commit());
    }
    await Promise.all(batches);
  }
}

let age = 0;
export function storedTweet({ userId, nextTweet }, status) {
  const tweet = nextTweet();
  const createdAt = Timestamp.fromMillis(Date.now() - 86_400_000 - age++);
  const { tweetId, authorUsername: author } = tweet;
  const outcome = { pubsubMessageId: 'projects/p/topics/t/messages/1', publishedAt: createdAt };
  return {
    id: `${userId}_${tweetId}`,
    ...{ userId, tweetId, author, rawData: tweet, status, createdAt },
    ...{ operationId: 'bench', requestId: 'bench-bench' },
    ...(status === 'published' ? outcome : { pubsubMessageId: null, publishedAt: null }),
  };
}

/** How many queued tweets a second the retry run brings out, from queues of several lengths. */
export async function drain(requests, env, lengths) {
  const db = openFirestore();
  const rows = [];
  for (const length of lengths) {
    for (let done = 0; done < length; done += BATCH / 2) {
      const batch = db.batch();
      for (let index = 0; index < Math.min(BATCH / 2, length - done); index++) {
        const { id, ...document } = storedTweet(requests, 'queued');
        batch.set(db.collection('tweets').doc(id), document);
        batch.set(db.collection('queue').doc(id), queueItem(document));
      }
      await batch.commit();
    }
    const instance = await startInstance(APPS.ours('retryQueue'), env);
    const startedAt = performance.now();
    const run = { headers: { 'Content-Type': 'application/json' }, body: '{}' };
    do await instance.send(run);
    while (!(await db.collection('queue').limit(1).get()).empty);
    rows.push({ length, perSecond: Math.round(length / ((performance.now() - startedAt) / 1000)) });
    await instance.stop();
  }
  await db.terminate();
  return rows;
}

export function queueItem({ userId, tweetId, rawData, createdAt, requestId }) {
  const due = Timestamp.fromMillis(Date.now() - 60_000);
  const dedupeKey = `${userId}_${tweetId}`;
  const captureDate = createdAt.toDate().toISOString().slice(0, 10);
  const attributes = {
    userId,
    tweetId,
    dedupeKey,
    requestId,
    captureDate,
    source: 'chrome-extension',
    version: '1.0.0',
  };
  return {
    ...{ userId, tweetData: rawData, attributes, status: 'pending', attempts: 0, nextAttemptAt: due },
    ...{ lastAttemptAt: null, errorMessage: 'Pub/Sub answered 503', createdAt, updatedAt: due },
  };
}
