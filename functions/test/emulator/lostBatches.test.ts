import assert from 'node:assert/strict';
import type { Firestore } from 'firebase-admin/firestore';
import { AppError } from '../../src/core/errors.ts';
import { createTweetStore } from '../../src/platform/firestore/tweetStore.ts';
import type { TweetStore } from '../../src/tweets/ports.ts';
import { archivedTweetFields } from '../../src/tweets/tweet.ts';
import { emptyFirestore } from '../support/firestore.ts';
import { sampleCapture } from '../support/samples.ts';

const now = new Date('2026-03-01T12:00:00Z');
const INVALID_ARGUMENT = 3;
/** Tried three times. */
const DEADLINE_EXCEEDED = 4;

interface Written {
  status: object[];
  writeResults: object[];
}
interface Body {
  writes: { update?: { name: string } }[];
}
type Request = (method: string, body: Body, ...more: unknown[]) => Promise<Written>;

const failed = (code: number) => Object.assign(new Error('injected'), { code });

describe('a batch of captures whose writes go wrong on the way', function () {
  this.timeout(30_000);
  let db: Firestore;
  let tweets: TweetStore;
  beforeEach(() => {
    db = emptyFirestore();
    tweets = createTweetStore(db);
  });

  /** Lets something else happen in place of the next requests of this kind. */
  const instead = (
    method: string,
    happen: (send: () => Promise<Written>, body: Body) => unknown,
    times = 1,
  ) => {
    const wire = db as unknown as { request: Request };
    const { request } = wire;
    let left = times;
    wire.request = async (called, body, ...more) => {
      const send = () => request.call(db, called, body, ...more);
      if (left === 0 || called !== method) return await send();
      left -= 1;
      return (await happen(send, body)) as Written;
    };
  };
  const many = (count: number) => Array.from({ length: count }, () => sampleCapture(now));
  const ids = async () => (await db.collection('tweets').get()).docs.map(({ id }) => id).sort();

  it('knows its own tweets again when the answer was lost', async () => {
    const captures = many(3);
    await tweets.create(captures[1] as (typeof captures)[0]);
    const again = captures.map((capture) => ({ ...capture, operationId: 'again' }));
    instead('batchWrite', async (send) => {
      await send();
      throw failed(14);
    });
    assert.deepEqual(await tweets.createAll(again), ['created', 'duplicate', 'created']);
  });

  it('writes them after all when none of them arrived', async () => {
    const captures = many(3);
    instead('batchWrite', () => {
      throw failed(14);
    });
    assert.deepEqual(await tweets.createAll(captures), Array(3).fill('created'));
    assert.equal((await ids()).length, 3);
  });

  it('is answered for none where one could not be written, though the others are stored', async () => {
    const captures = many(3);
    const [first, second, third] = captures.map(({ id }) => id);
    const outcome = (code: number, times: number) => {
      const refuseSecond: Parameters<typeof instead>[1] = async (send, body) => {
        const at = body.writes.findIndex(({ update }) => update?.name.endsWith(second ?? ''));
        body.writes.splice(at, 1);
        const { status, writeResults } =
          body.writes.length > 0 ? await send() : { status: [], writeResults: [] };
        return { status: status.toSpliced(at, 0, { code }), writeResults: writeResults.toSpliced(at, 0, {}) };
      };
      instead('batchWrite', refuseSecond, times);
      return tweets.createAll(captures);
    };
    await assert.rejects(outcome(INVALID_ARGUMENT, 1), (error: { code?: number }) => error.code === 3);
    assert.deepEqual(await ids(), [first, third].sort());
    await assert.rejects(
      outcome(DEADLINE_EXCEEDED, 3),
      (error) => error instanceof AppError && error.code === 'unavailable',
    );
    assert.deepEqual(await ids(), [first, third].sort());
    const replay = captures.map((capture) => ({ ...capture, operationId: 'replay' }));
    assert.deepEqual(await tweets.createAll(replay), ['duplicate', 'created', 'duplicate']);
    assert.deepEqual(await ids(), [first, second, third].sort());
  });

  it('makes one revision when the commit that adds to a tweet is made twice', async () => {
    const [rich] = many(1) as [ReturnType<typeof sampleCapture>];
    const { tweetId } = rich.fields;
    await tweets.create({ ...rich, operationId: 'poor', fields: archivedTweetFields.parse({ tweetId }) });
    instead('commit', (send) => send().then(send));
    assert.deepEqual(await tweets.createAll([rich]), ['enriched']);
    assert.equal((await tweets.read(rich.id))?.revision, 2);
  });

  it('adds to a tweet that moves between the look at it and the commit', async () => {
    const [rich] = many(1) as [ReturnType<typeof sampleCapture>];
    const { tweetId } = rich.fields;
    await tweets.create({ ...rich, operationId: 'poor', fields: archivedTweetFields.parse({ tweetId }) });
    instead('commit', async (send) => {
      await db.doc(`tweets/${rich.id}`).update({ 'rawData.tweetText': 'another capture' });
      return await send();
    });
    assert.deepEqual(await tweets.createAll([rich]), ['enriched']);
    const { fields: tweet, revision } = (await tweets.read(rich.id)) ?? {};
    assert.deepEqual([tweet?.tweetText, tweet?.authorUsername, revision], ['another capture', 'someone', 2]);
  });
});
