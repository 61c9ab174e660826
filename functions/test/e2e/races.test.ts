import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { newEmail, newUser, post, send } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import { functionsFirestore } from '../support/firestore.ts';
import { startInstance } from '../support/production.ts';
import { SECRETS } from '../support/project.ts';
import { type Subscription, subscribe } from '../support/pubsub.ts';
import { PASSWORD } from '../support/requests.ts';
import { sampleBody } from '../support/samples.ts';

const times = <T>(count: number, work: () => Promise<T>) => Promise.all(Array.from({ length: count }, work));

describe('requests that race each other in one instance', function () {
  this.timeout(60_000);
  let subscription: Subscription;
  const started: Record<string, ReturnType<typeof startInstance>> = {};
  const call = (name: string, body: unknown, headers: Record<string, string> = {}) =>
    send('POST', started[name]?.url ?? '', { body, headers });

  before(async () => {
    subscription = await subscribe('races');
    for (const name of ['register', 'capture', 'refresh']) started[name] = startInstance(name, SECRETS);
    await Promise.all(Object.values(started).map(({ ready }) => ready()));
  });
  after(() => {
    for (const { stop } of Object.values(started)) stop();
  });

  it('20 parallel registrations of one e-mail make one account', async () => {
    const email = newEmail();
    const answers = await times(20, () => call('register', { email, password: PASSWORD }));
    const statuses = answers.map(({ status }) => status).sort();
    assert.deepEqual(statuses, [201, ...Array(19).fill(409)]);
    assert.ok(answers.every(({ status, body }) => status === 201 || body.code === 'email_taken'));
  });

  it('50 parallel captures of one tweet store and publish it once', async () => {
    const { userId, accessToken } = await newUser();
    const tweet = sampleBody();
    // One request id for all: what a caller chooses must not make two captures look like one.
    const headers = { Authorization: `Bearer ${accessToken}`, 'X-Request-Id': 'one-for-all' };
    const answers = await times(50, () => call('capture', tweet, headers));
    const duplicates = answers.filter(({ body }) => body.status === 'duplicate');
    assert.deepEqual([answers.length, duplicates.length], [50, 49]);

    const id = `${userId}_${tweet.tweetId}`;
    const db = functionsFirestore();
    const stored = await db.collection('tweets').where('userId', '==', userId).get();
    assert.deepEqual(
      stored.docs.map((document) => document.id),
      [id],
    );
    await eventually(
      'published',
      async () => (await db.doc(`tweets/${id}`).get()).get('pubsubMessageId') !== null,
    );
    await sleep(1000);
    const messages = (await subscription.pullAll()).filter(({ attributes }) => attributes.dedupeKey === id);
    assert.equal(messages.length, 1);
  });

  it('20 parallel refreshes of one token get one and the same successor', async () => {
    const { refreshToken } = await newUser();
    const answers = await times(20, () => call('refresh', { refreshToken }));
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]));
    assert.equal(new Set(answers.map(({ body }) => body.refreshToken)).size, 1);
  });
});

describe('refresh tokens', () => {
  const use = async (refreshToken: string) => await post('/api/auth/refresh', { refreshToken });

  it('stay valid until the successor is used; then the old one revokes the session, the new one included', async () => {
    const { refreshToken: first } = await newUser();
    const second = (await use(first)).body.refreshToken;
    assert.equal((await use(first)).body.refreshToken, second);
    const third = (await use(second)).body.refreshToken;
    assert.equal((await use(second)).body.refreshToken, third);

    const reused = await use(first);
    assert.deepEqual([reused.status, reused.body.code], [401, 'invalid_refresh_token']);
    for (const token of [first, second, third]) assert.equal((await use(token)).status, 401);
  });
});
