import assert from 'node:assert/strict';
import { encodedBytes } from '../../../src/delivery/message.ts';
import { newQueueItem, toMessage } from '../../../src/delivery/queueItem.ts';
import { DEFAULT_BODY } from '../../../src/http/endpoint.ts';
import {
  archivedTweetFields,
  liveTweetFields,
  newCapture,
  type TweetFields,
} from '../../../src/tweets/tweet.ts';
import { completeTweet, sampleCapture } from '../../support/samples.ts';

const userId = 'f81d4fae-7dec-41d0-a765-00a0c91e6bf6';
const captured = (parsed: TweetFields, time: string, requestId = 'request-1') =>
  newCapture({
    userId,
    fields: parsed,
    source: 'chrome-extension',
    requestId,
    operationId: 'operation-1',
    createdAt: new Date(time),
  });

describe('a published message', () => {
  let parsed: TweetFields;
  before(() => {
    parsed = liveTweetFields.parse(completeTweet());
  });

  it('holds the validated tweet and the attributes that consumers route and deduplicate by', () => {
    const capture = captured(parsed, '2026-03-01T12:00:00Z');
    assert.deepEqual(toMessage(capture), {
      data: parsed,
      attributes: {
        userId,
        captureDate: '2026-03-01',
        source: 'chrome-extension',
        version: '1.0.0',
        tweetId: parsed.tweetId,
        dedupeKey: `${userId}_${parsed.tweetId}`,
        requestId: 'request-1',
      },
    });
  });

  it('says where the tweet came from, and null for what is not known of it', () => {
    const capture = captured(archivedTweetFields.parse({ tweetId: '20' }), '2026-03-01T12:00:00Z');
    const { data, attributes } = toMessage({ ...capture, source: 'archive' });
    assert.deepEqual(data, { tweetId: '20', tweetText: null, authorUsername: null });
    assert.equal(attributes.source, 'archive');
  });

  it('has the date of the capture in UTC', () => {
    const dateOf = (time: string) => toMessage(captured(parsed, time)).attributes.captureDate;
    assert.equal(dateOf('2026-02-28T23:59:59.999Z'), '2026-02-28');
    assert.equal(dateOf('2026-03-01T00:30:00+02:00'), '2026-02-28');
    assert.equal(dateOf('2026-02-28T23:30:00-02:00'), '2026-03-01');
  });

  it('is the same from the queue as from the trigger, however late it is sent', () => {
    const capture = sampleCapture(new Date('2026-03-01T12:00:00Z'));
    const { data, attributes } = newQueueItem(capture, 'down', new Date('2026-03-05T12:00:00Z'));
    assert.deepEqual({ data, attributes }, toMessage(capture));
  });
});

describe('the largest tweet that validates', () => {
  const ESCAPED = '\u0001';
  const largest = {
    tweetId: '1'.repeat(20),
    tweetText: ESCAPED.repeat(5000),
    authorUsername: ESCAPED.repeat(50),
    authorDisplayName: ESCAPED.repeat(200),
    tweetUrl: `https://x.com/${'漢'.repeat(2048 - 14)}`,
    timestamp: '2026-01-01T00:00:00.123456789+00:00',
    capturedAt: 8.64e15,
    threadId: '1'.repeat(20),
    parentTweetId: '1'.repeat(20),
    conversationId: '1'.repeat(20),
  };
  const bytesOf = (value: unknown) => Buffer.byteLength(JSON.stringify(value));

  it('fits into a request', () => {
    assert.ok(bytesOf(liveTweetFields.parse(largest)) <= DEFAULT_BODY.limitBytes);
  });

  it('has no field without an end', () => {
    const timestamp = `2026-01-01T00:00:00.${'1'.repeat(10_000)}Z`;
    assert.ok(!liveTweetFields.safeParse({ ...largest, timestamp }).success);
  });

  it('takes no more of a publish request than a portion counts for it', () => {
    const capture = captured(liveTweetFields.parse(largest), '2026-03-01T12:00:00Z', 'r'.repeat(128));
    const { data, attributes } = toMessage(capture);
    const encoded = Buffer.from(JSON.stringify({ data, attributes })).toString('base64');
    const counted = encodedBytes({ data, attributes });
    assert.ok(bytesOf({ data: encoded, attributes }) < counted);
    assert.ok(bytesOf({ data: encoded, attributes }) > counted - 200);
  });
});
