import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { toMessage } from '../../../../src/delivery/queueItem.ts';
import { toStoredTweet } from '../../../../src/platform/firestore/tweetDocuments.ts';
import type { StoredTweet } from '../../../../src/tweets/tweet.ts';
import { assertMessage } from '../../../support/documented.ts';
import { sampleCapture } from '../../../support/samples.ts';

describe('a tweet that was stored before tweets had a source', () => {
  it('comes from the extension, and so does its message', () => {
    const {
      id,
      fields: tweet,
      source: _,
      ...rest
    } = sampleCapture(new Date('2026-03-01T12:00:00Z'), randomUUID());
    const document = { ...rest, requestId: randomUUID(), rawData: tweet, pubsubMessageId: null };
    const stored = toStoredTweet({ id, data: () => document });
    assert.equal(stored?.source, 'chrome-extension');
    const { data, attributes } = toMessage(stored as StoredTweet);
    assertMessage(JSON.stringify({ data, attributes }), attributes);
  });
});
