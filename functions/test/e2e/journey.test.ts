import assert from 'node:assert/strict';
import { SignedOut, type Tokens } from '../../../client/client.ts';
import { newClient, newEmail, newUser } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import { type Subscription, subscribe } from '../support/pubsub.ts';
import { PASSWORD } from '../support/requests.ts';
import { newTweetId } from '../support/samples.ts';

describe('a liked tweet, from the extension to the consumer', function () {
  this.timeout(30_000);
  let messages: Subscription;
  before(async () => {
    messages = await subscribe('journey');
  });

  it('goes register, login, capture, message, duplicate, refresh', async () => {
    const email = newEmail();
    const signedUp = await newClient().signUp({ email: `  ${email.toUpperCase()} `, password: PASSWORD });
    assert.equal(signedUp.email, email);
    let tokens: Tokens | null = null;
    const set = (next: Tokens | null) => {
      tokens = next;
    };
    const client = newClient({ tokens: { get: () => tokens, set } });
    const { userId, refreshToken } = await client.signIn({ email, password: PASSWORD });
    assert.equal(userId, signedUp.userId);

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
    const headers = { 'X-Request-Id': 'journey-0001', Prefer: 'wait=10' };
    const more = { ...tweet, unknown: 'dropped' };
    const captured = await client.post('/api/tweets/capture', { body: more, headers });
    assert.equal(captured.headers.get('x-request-id'), 'journey-0001');
    assert.ok(captured.body.status === 'published', captured.body.status);
    const [, messageId] = captured.body.messageId.split(
      'projects/demo-test/topics/tweet-likes-raw/messages/',
    );

    const message = (await messages.pullAll()).find((each) => each.messageId === messageId);
    const attributes = {
      userId,
      captureDate: new Date().toISOString().slice(0, 10),
      source: 'chrome-extension',
      version: '1.0.0',
      tweetId: tweet.tweetId,
      dedupeKey: `${userId}_${tweet.tweetId}`,
      requestId: 'journey-0001',
    };
    const flags = { isReply: false, isRetweet: false, isQuoteTweet: false, isThread: false };
    const data = { ...tweet, ...flags, hasVideo: false, hasLink: false };
    assert.deepEqual(message?.attributes, attributes);
    assert.deepEqual(JSON.parse(message.data), { data, attributes });

    const again = await client.post('/api/tweets/capture', { body: tweet });
    assert.deepEqual(again.body, {
      status: 'duplicate',
      tweetId: tweet.tweetId,
      message: 'Tweet already captured',
    });
    set({ accessToken: 'worn-out', refreshToken });
    assert.equal((await client.post('/api/tweets/capture', { body: tweet })).body.status, 'duplicate');
    assert.notEqual(tokens, null);
    assert.notEqual((tokens as unknown as Tokens).refreshToken, refreshToken);
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

  it('ends with a sign-out: neither token does anything more', async () => {
    const client = newClient();
    const { accessToken, refreshToken } = await client.signUp({ email: newEmail(), password: PASSWORD });
    await client.signOut();
    await assert.rejects(client.get('/api/account'), SignedOut);
    const kept = newClient({ tokens: { get: () => ({ accessToken, refreshToken }), set: () => {} } });
    await assert.rejects(kept.get('/api/account'), SignedOut);
  });

  it('shows the owner the sessions, and ends one by its id', async () => {
    const client = newClient();
    const { userId, email, refreshToken } = await client.signUp({ email: newEmail(), password: PASSWORD });
    const { body } = await client.get('/api/account');
    assert.deepEqual([body.userId, body.email], [userId, email]);
    const [session] = body.sessions;
    const path = { sessionId: session?.id ?? '' };
    const { status } = await client.delete('/api/account/sessions/{sessionId}', { path });
    assert.equal(status, 204);
    const other = newClient({ tokens: { get: () => ({ refreshToken }), set: () => {} } });
    await assert.rejects(other.get('/api/account'), SignedOut);
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
