import assert from 'node:assert/strict';
import { capture } from '../../src/app/endpoints.ts';
import { AppError } from '../../src/core/errors.ts';
import { publishTweet } from '../../src/delivery/publishTweet.ts';
import { retryQueue } from '../../src/delivery/retryQueue.ts';
import { assertProblem, assertSuccess } from '../support/assertions.ts';
import { call } from '../support/call.ts';
import { down } from '../support/faultyPublisher.ts';
import { memoryServices } from '../support/memory/services.ts';
import { bearer } from '../support/requests.ts';
import { completeTweet, sampleBody } from '../support/samples.ts';

describe('capturing a tweet', () => {
  let { services, clock, sent, tweets }: ReturnType<typeof memoryServices> = memoryServices();
  let headers: Record<string, string>;
  const userId = crypto.randomUUID();
  beforeEach(async () => {
    ({ services, clock, sent, tweets } = memoryServices());
    headers = await bearer(services, { userId });
  });

  const send = (body: object = sampleBody(), more: Record<string, string> = {}) =>
    call(capture, services, { body, headers: { ...headers, ...more } });
  /** Runs the trigger as soon as a tweet is written, as Firestore does. */
  const withTrigger = () => {
    const { create } = tweets;
    services.tweets = {
      ...tweets,
      async create(item) {
        const stored = await create(item);
        if (stored === 'created') await publishTweet(item.id, services);
        return stored;
      },
    };
  };
  const time = () => clock.now().getTime();

  it('answers published, with the name of the message, once the trigger has published it', async () => {
    withTrigger();
    const body = sampleBody();
    const answer = await send(body);
    assertSuccess(capture, answer);
    const messageId = 'projects/p/topics/t/messages/1';
    assert.deepEqual(answer.body, { status: 'published', tweetId: body.tweetId, messageId });
    assert.equal(sent.length, 1);
  });

  it('answers queued, and that Pub/Sub is away, once the trigger has queued it', async () => {
    withTrigger();
    services.breakerPublisher = down;
    const before = time();
    const answer = await send();
    assertSuccess(capture, answer);
    assert.equal(answer.body.status, 'queued');
    assert.match(answer.body.message, /Pub\/Sub is not available; publishing will be retried/);
    assert.ok(time() - before < 800, 'there is nothing left to wait for');
  });

  it('answers duplicate at once for a tweet that this user has captured before', async () => {
    withTrigger();
    const body = sampleBody();
    await send(body);
    const before = time();
    const answer = await send({ ...body, tweetText: 'edited' });
    assertSuccess(capture, answer);
    const { tweetId } = body;
    assert.deepEqual(answer.body, { status: 'duplicate', tweetId, message: 'Tweet already captured' });
    assert.equal(time(), before);
    assert.deepEqual([sent.length, sent[0]?.data.tweetText], [1, body.tweetText]);
  });

  it('of which less is stored adds what is missing, says so, and is published once more by the next run', async () => {
    withTrigger();
    const body = completeTweet();
    const { tweetId } = body;
    await send({ tweetId, tweetText: 'seen before', authorUsername: 'someone' });
    const answer = await send(body);
    assertSuccess(capture, answer);
    const message = 'Tweet already captured';
    assert.deepEqual(answer.body, { status: 'duplicate', tweetId, enriched: true, message });
    assert.equal(sent.length, 1);
    await retryQueue(services);
    assert.deepEqual([sent.length, sent[1]?.attributes.revision], [2, '2']);
    const flags = { isReply: false, isRetweet: false, isQuoteTweet: false, isThread: false };
    const { conversationId: _, ...known } = { ...body, tweetText: 'seen before', conversationId: null };
    assert.deepEqual(sent[1]?.data, { ...known, ...flags, hasImage: false, hasVideo: false, hasLink: false });
    assert.deepEqual((await send(body)).body, { status: 'duplicate', tweetId, message });
    await retryQueue(services);
    assert.equal(sent.length, 2);
  });

  it('is no duplicate of what another user has captured [ASVS 8.4.1]', async () => {
    const body = sampleBody();
    await send(body);
    headers = await bearer(services);
    assert.equal((await send(body)).body.status, 'queued');
    assert.equal(tweets.tweets.size, 2);
  });

  it('many times at once stores it once: one answer is no duplicate', async () => {
    withTrigger();
    const body = sampleBody();
    const answers = await Promise.all(Array.from({ length: 20 }, () => send(body)));
    const statuses = answers.map((answer) => answer.body.status).sort();
    assert.deepEqual(statuses, [...Array(19).fill('duplicate'), 'published']);
    assert.equal(sent.length, 1);
  });

  it('stores and publishes every field as it was sent, under the request id of the capture', async () => {
    withTrigger();
    const body = completeTweet();
    await send({ ...body, userId: 'someone else', unknown: 1 }, { 'X-Request-Id': 'request-1' });
    const stored = await tweets.read(`${userId}_${body.tweetId}`);
    assert.deepEqual(stored?.fields, body);
    assert.deepEqual([stored.userId, stored.requestId], [userId, 'request-1']);
    assert.deepEqual(sent[0]?.data, body);
    assert.equal(sent[0]?.attributes.requestId, 'request-1');
  });

  it('keeps text byte for byte on its way through JSON', async () => {
    withTrigger();
    const tweetText = '\0\u202eשלום e\u0301 👩‍👩‍👧‍👦 \u2028 "\\" </script>';
    await send(sampleBody({ tweetText }));
    assert.equal(sent[0]?.data.tweetText, tweetText);
  });

  it('of a text with a lone surrogate is 400, since it cannot be stored', async () => {
    const body = JSON.stringify(sampleBody()).replace('Hello', '\\ud83d');
    const answer = await call(capture, services, { body, headers });
    assertProblem(answer, 'invalid_request');
    assert.deepEqual(answer.body.errors, [
      { path: 'tweetText', message: 'must not contain a lone surrogate' },
    ]);
    assert.equal(tweets.tweets.size, 0);
  });

  it('names each field that is wrong, once', async () => {
    const answer = await send({
      tweetId: 1700000000000000000,
      tweetText: 1,
      isReply: 'yes',
      timestamp: 'now',
    });
    assertProblem(answer, 'invalid_request');
    assert.deepEqual(answer.body.errors.map(({ path }: { path: string }) => path).sort(), [
      'authorUsername',
      'isReply',
      'timestamp',
      'tweetId',
      'tweetText',
    ]);
  });

  it('is 503 when the tweet cannot be written', async () => {
    services.tweets = {
      ...tweets,
      create: async () => {
        throw new AppError('unavailable', 'The database cannot be reached.');
      },
    };
    assertProblem(await send(), 'unavailable');
  });
});
