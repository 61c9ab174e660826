import assert from 'node:assert/strict';
import { newEmail, newUser, post } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import { type Subscription, subscribe } from '../support/pubsub.ts';
import { PASSWORD } from '../support/requests.ts';
import { newTweetId } from '../support/samples.ts';

describe('a liked tweet, from the extension to the consumer', () => {
  let messages: Subscription;
  before(async () => {
    messages = await subscribe('journey');
  });

  it('goes register, login, capture, message, duplicate, refresh', async () => {
    const email = newEmail();
    const registered = await post('/api/auth/register', {
      email: `  ${email.toUpperCase()} `,
      password: PASSWORD,
    });
    assert.equal(registered.status, 201);
    assert.equal(registered.body.email, email);
    const login = await post('/api/auth/login', { email, password: PASSWORD });
    assert.equal(login.status, 200);
    assert.equal(login.body.userId, registered.body.userId);

    const tweet = {
      tweetId: newTweetId(),
      tweetText: 'שלום 👩‍👩‍👧 \u0000 e\u0301 "quoted" \u2028',
      authorUsername: 'someone',
      tweetUrl: 'https://x.com/someone/status/1',
      timestamp: '2026-03-01T12:00:00+02:00',
      capturedAt: 1772366400000,
      parentTweetId: null,
      hasImage: true,
    };
    const headers = {
      Authorization: `Bearer ${login.body.accessToken}`,
      'X-Request-Id': 'journey-0001',
      Prefer: 'wait=10',
    };
    const captured = await post('/api/tweets/capture', { ...tweet, unknown: 'dropped' }, headers);
    assert.equal(captured.status, 200, captured.text);
    assert.equal(captured.headers.get('x-request-id'), 'journey-0001');
    assert.equal(captured.body.status, 'published');
    const [, messageId] = captured.body.messageId.split(
      'projects/demo-test/topics/tweet-likes-raw/messages/',
    );

    const message = (await messages.pullAll()).find((each) => each.messageId === messageId);
    const attributes = {
      userId: registered.body.userId,
      captureDate: new Date().toISOString().slice(0, 10),
      source: 'chrome-extension',
      version: '1.0.0',
      tweetId: tweet.tweetId,
      dedupeKey: `${registered.body.userId}_${tweet.tweetId}`,
      requestId: 'journey-0001',
    };
    const flags = { isReply: false, isRetweet: false, isQuoteTweet: false, isThread: false };
    const data = { ...tweet, ...flags, hasVideo: false, hasLink: false };
    assert.deepEqual(message?.attributes, attributes);
    assert.deepEqual(JSON.parse(message.data), { data, attributes });

    const again = await post('/api/tweets/capture', tweet, headers);
    assert.deepEqual(again.body, {
      status: 'duplicate',
      tweetId: tweet.tweetId,
      message: 'Tweet already captured',
    });
    const refreshed = await post('/api/auth/refresh', { refreshToken: login.body.refreshToken });
    assert.equal(refreshed.status, 200);
    const renewed = { Authorization: `Bearer ${refreshed.body.accessToken}` };
    assert.equal((await post('/api/tweets/capture', tweet, renewed)).body.status, 'duplicate');
  });

  it('answers published with the message name, warm, while Pub/Sub is up', async () => {
    const user = await newUser();
    await user.capture();
    for (let round = 0; round < 5; round += 1) {
      const { body } = await user.capture();
      assert.equal(body.status, 'published');
      assert.match(body.messageId, /^projects\/demo-test\/topics\/tweet-likes-raw\/messages\/.+$/);
    }
  });

  it('ends with a logout: the access token captures nothing more', async () => {
    const { capture, refreshToken } = await newUser();
    const { status } = await post('/api/auth/logout', { refreshToken });
    assert.equal(status, 204);
    assert.deepEqual([(await capture()).status, (await capture()).body.code], [401, 'unauthenticated']);
  });

  it('shows the owner the sessions, and ends one by its id', async () => {
    const user = await newUser();
    const { body } = await user.send('GET', '/api/account');
    assert.deepEqual([body.userId, body.email], [user.userId, user.email]);
    const [session] = body.sessions;
    assert.equal((await user.send('DELETE', `/api/account/sessions/${session.id}`)).status, 204);
    const refreshed = await post('/api/auth/refresh', { refreshToken: user.refreshToken });
    assert.equal(refreshed.status, 401);
  });

  it('answers at once with respond-async, and the message follows', async () => {
    const user = await newUser();
    const tweetId = newTweetId();
    const answer = await user.capture({ tweetId }, { Prefer: 'respond-async' });
    assert.equal(answer.headers.get('preference-applied'), 'respond-async');
    assert.equal(answer.body.status, 'queued');
    await eventually('the message', async () =>
      (await messages.pullAll()).some(({ attributes }) => attributes.tweetId === tweetId),
    );
  });
});
