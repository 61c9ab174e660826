import assert from 'node:assert/strict';
import { newUser, post, send } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import { functionsFirestore } from '../support/firestore.ts';
import { subscribe } from '../support/pubsub.ts';
import { suite } from '../support/suite.ts';

describe('an operator', function () {
  this.timeout(90_000);
  const db = functionsFirestore();
  let admin: Awaited<ReturnType<typeof newUser>>;
  let user: typeof admin;
  before(async () => {
    admin = await newUser();
    user = await newUser();
    await db.doc(`users/${admin.userId}`).update({ role: 'admin' });
  });
  afterEach(() => suite.pubsub.restore());

  const headers = () => ({ Authorization: `Bearer ${admin.accessToken}` });
  const command = async (path: string, body: object = {}) => {
    const answer = await post(`/api/admin${path}`, body, headers());
    assert.equal(answer.status, 200, answer.text);
    return answer.body;
  };
  const status = async () => (await admin.send('GET', '/api/admin/status')).body;
  const tweetOf = async (tweetId: string) => (await db.doc(`tweets/${user.userId}_${tweetId}`).get()).data();
  /** Of the user, captured while Pub/Sub is down. */
  const queued = async () => {
    await suite.pubsub.cut();
    const { body } = await user.capture({}, { Prefer: 'wait=10' });
    assert.equal(body.status, 'queued');
    await eventually('in the queue', async () => (await tweetOf(body.tweetId))?.status === 'queued', 15_000);
    return body.tweetId as string;
  };

  it('sees how many tweets are on their way, and the items of all users', async () => {
    const before = await status();
    const tweetId = await queued();
    const after = await status();
    assert.equal(after.undelivered, before.undelivered + 1);
    assert.equal(after.capturesLast24h, before.capturesLast24h + 1);
    assert.ok(after.oldestUndeliveredSeconds >= 0 && Date.parse(after.lastCaptureAt) <= Date.now());
    const { items } = (await admin.send('GET', '/api/admin/queue?limit=1&status=pending')).body;
    assert.deepEqual([items[0].userId, items[0].tweetId], [user.userId, tweetId]);
  });

  it('brings a dead letter back by a retry, which the next run publishes', async () => {
    const tweetId = await queued();
    const id = `${user.userId}_${tweetId}`;
    const dead = { status: 'failed', attempts: 5, lastAttemptAt: new Date() };
    await db.doc(`queue/${id}`).set({ ...(await db.doc(`queue/${id}`).get()).data(), ...dead });
    await db.doc(`tweets/${id}`).update({ status: 'failed' });
    assert.deepEqual(await command('/queue/retry', { ids: [id] }), { requeued: 1, skipped: 0, more: false });
    await suite.pubsub.restore();
    await suite.runSchedule('retryQueue');
    assert.equal((await tweetOf(tweetId))?.status, 'published');
  });

  it('republishes the same message by the next run', async () => {
    const messages = await subscribe('operator');
    let body = { tweetId: '' };
    // The trigger remembers the last outage for some seconds.
    await eventually(
      'published',
      async () => {
        const answer = await user.capture({}, { Prefer: 'wait=10' });
        body = answer.body;
        return answer.body.status === 'published';
      },
      15_000,
    );
    const path = `/tweets/${user.userId}/${body.tweetId}/republish`;
    assert.deepEqual(await command(path), { status: 'queued' });
    await suite.runSchedule('retryQueue');
    const sent = (await messages.pullAll()).filter(
      ({ attributes }) => attributes.dedupeKey === `${user.userId}_${body.tweetId}`,
    );
    assert.equal(sent.length, 2);
    for (const { attributes } of sent) assert.deepEqual(attributes, sent[0]?.attributes);
  });

  it('purges an item: its tweet is failed for good, and the retry leaves it alone', async () => {
    const tweetId = await queued();
    const ids = [`${user.userId}_${tweetId}`];
    assert.deepEqual(await command('/queue/purge', { ids }), { purged: 1, skipped: 0, more: false });
    await suite.pubsub.restore();
    await suite.runSchedule('retryQueue');
    const tweet = (await user.send('GET', `/api/tweets/${tweetId}`)).body;
    assert.deepEqual([tweet.status, tweet.messageId], ['failed', null]);
    assert.equal((await user.capture({ tweetId })).body.status, 'duplicate');
  });

  it('is nobody else: 403 for another user at every path', async () => {
    const tweetPath = `/tweets/${user.userId}/1790000000000000001/republish`;
    const asked = [
      ['GET', '/status'],
      ['GET', '/queue'],
      ['POST', '/queue/retry'],
      ['POST', '/queue/purge'],
      ['POST', tweetPath],
    ];
    for (const [method = '', path] of asked) {
      const authorization = { Authorization: `Bearer ${user.accessToken}` };
      const answer = await send(method, `/api/admin${path}`, { headers: authorization });
      assert.deepEqual([answer.status, answer.body.code], [403, 'forbidden'], path);
    }
  });
});
