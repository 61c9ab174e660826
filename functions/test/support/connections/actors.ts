import assert from 'node:assert/strict';
import { newQueueItem } from '../../../src/delivery/queueItem.ts';
import { bearer, signUp } from '../requests.ts';
import { sampleBody, sampleCapture } from '../samples.ts';
import { eventOf } from './event.ts';
import type { Instance } from './instance.ts';

/** Longer than any request is served. */
const PATIENCE_MS = 28_000;
const EXPORTED = 50;

/** Somebody who uses one function over and over. */
export interface Actor {
  /** Prepares one piece of work, to be tried until it is done: answers whether it is. */
  next(): Promise<() => Promise<boolean>>;
  /** Nothing that was acknowledged is lost. */
  verify(): Promise<void>;
}

/** Null where no answer came. */
async function answerOf(url: string, init: RequestInit) {
  try {
    const response = await fetch(url, { ...init, signal: AbortSignal.timeout(PATIENCE_MS) });
    return { status: response.status, text: await response.text() };
  } catch {
    return null;
  }
}

const post = (url: string, body: unknown, headers: Record<string, string> = {}) =>
  answerOf(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });

/** What a fault may be answered with: nothing, or a problem after which the client tries again. */
function isDone(answer: Awaited<ReturnType<typeof answerOf>>): boolean {
  if (answer?.status === 200) return true;
  assert.ok(answer === null || answer.status >= 500, `${answer?.status} ${answer?.text}`);
  return false;
}

async function capturer({ url, services }: Instance): Promise<Actor> {
  const [userId, acknowledged] = [crypto.randomUUID(), new Map<string, string>()];
  const headers = await bearer(services, { userId });
  return {
    async next() {
      const body = sampleBody({ tweetText: crypto.randomUUID() });
      return async () => {
        const done = isDone(await post(url, body, headers));
        if (done) acknowledged.set(`${userId}_${body.tweetId}`, body.tweetText);
        return done;
      };
    },
    async verify() {
      for (const [id, text] of acknowledged) {
        assert.equal((await services.tweets.read(id))?.fields.tweetText, text, `${id} is lost`);
      }
    },
  };
}

async function batchCapturer({ url, services }: Instance): Promise<Actor> {
  const [userId, acknowledged] = [crypto.randomUUID(), [] as string[]];
  const headers = await bearer(services, { userId });
  return {
    async next() {
      const tweets = [sampleBody(), sampleBody(), sampleBody()];
      return async () => {
        const done = isDone(await post(`${url}api/tweets/batch`, { tweets }, headers));
        if (done) acknowledged.push(...tweets.map(({ tweetId }) => `${userId}_${tweetId}`));
        return done;
      };
    },
    async verify() {
      for (const id of acknowledged) assert.ok(await services.tweets.read(id), `${id} is lost`);
    },
  };
}

async function refresher({ url, services }: Instance): Promise<Actor> {
  let { refreshToken } = await signUp(services);
  const refresh = async () => {
    const answer = await post(url, { refreshToken });
    if (!isDone(answer)) return false;
    ({ refreshToken } = JSON.parse(answer?.text ?? ''));
    return true;
  };
  return {
    next: async () => refresh,
    // Whatever got lost on the way, it was not taken for a theft.
    verify: async () => assert.ok(await refresh()),
  };
}

async function exporter({ url, services }: Instance): Promise<Actor> {
  return {
    // Few exports a minute are allowed, so each is of another user.
    async next() {
      const userId = crypto.randomUUID();
      const captures = Array.from({ length: EXPORTED }, () => sampleCapture(services.clock.now(), userId));
      await services.tweets.createAll(captures);
      const headers = await bearer(services, { userId });
      return async () => {
        const answer = await answerOf(`${url}api/tweets/export`, { headers });
        if (!isDone(answer)) return false;
        // A part is never taken for the whole.
        assert.equal(answer?.text.trimEnd().split('\n').length, EXPORTED);
        return true;
      };
    },
    verify: async () => {},
  };
}

/** The platform, which delivers an event again until it is accepted. */
async function eventSource({ url, services, projectId }: Instance): Promise<Actor> {
  const accepted: string[] = [];
  const deliver = async () => {
    const capture = sampleCapture(services.clock.now());
    await services.tweets.create(capture);
    const { headers, body } = eventOf(capture, projectId);
    const answer = await post(url, body, headers);
    assert.ok(answer === null || answer.status < 300 || answer.status >= 500, answer?.text);
    if (answer === null || answer.status >= 500) return false;
    accepted.push(capture.id);
    return (await services.tweets.read(capture.id))?.status === 'published';
  };
  return {
    next: async () => deliver,
    async verify() {
      for (const id of accepted) {
        const status = (await services.tweets.read(id))?.status ?? 'missing';
        assert.ok(['published', 'queued'].includes(status), `${id} is ${status}`);
      }
    },
  };
}

/** Cloud Scheduler. A run that failed keeps its claims, so each try has an item of its own. */
async function schedule({ url, services }: Instance): Promise<Actor> {
  const queued: string[] = [];
  const runOnce = async () => {
    const capture = sampleCapture(services.clock.now());
    await services.tweets.create(capture);
    await services.outbox.enqueue(newQueueItem(capture, 'of the test', services.clock.now()));
    queued.push(capture.id);
    const answer = await post(url, {});
    return answer?.status === 200 && (await services.tweets.read(capture.id))?.status === 'published';
  };
  return {
    next: async () => runOnce,
    async verify() {
      for (const id of queued) {
        const status = (await services.tweets.read(id))?.status ?? 'missing';
        assert.ok(['published', 'queued'].includes(status), `${id} is ${status}`);
      }
    },
  };
}

export const ACTORS: Record<string, (instance: Instance) => Promise<Actor>> = {
  capture: capturer,
  captureBatch: batchCapturer,
  refresh: refresher,
  exportTweets: exporter,
  publishTweet: eventSource,
  retryQueue: schedule,
};
