import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { toMessage } from '../../../src/delivery/queueItem.ts';
import { liveTweetFields, newCapture } from '../../../src/tweets/tweet.ts';
import { assertMessage } from '../../support/documented.ts';
import { completeTweet, sampleBody } from '../../support/samples.ts';

describe('the published message', () => {
  for (const [what, body] of Object.entries({ 'the least': sampleBody(), 'every field': completeTweet() })) {
    const [userId, requestId, operationId] = [randomUUID(), randomUUID(), randomUUID()];
    const createdAt = new Date('2026-03-01T23:59:59.999Z');
    const capture = newCapture({
      ...{ userId, requestId, operationId, createdAt },
      source: 'chrome-extension',
      fields: liveTweetFields.parse(body),
    });
    const { data, attributes } = toMessage(capture);
    const sent = (different: object) => JSON.stringify({ data: { ...data, ...different }, attributes });

    it(`is what docs/message.schema.json says, of a capture with ${what}`, () => {
      assertMessage(sent({}), attributes);
    });

    it(`is not where a field is missing, new or of another type, of a capture with ${what}`, () => {
      for (const different of [{ tweetText: undefined }, { inner: 1 }, { isReply: 'no' }]) {
        assert.throws(() => assertMessage(sent(different), attributes), /data\/data/);
      }
    });
  }
});
