import assert from 'node:assert/strict';
import fc from 'fast-check';
import { newEnrichedItem, toMessage } from '../../../src/delivery/queueItem.ts';
import { mergeCapture } from '../../../src/tweets/merge.ts';
import {
  archivedTweetFields,
  type Capture,
  liveTweetFields,
  newCapture,
  type StoredTweet,
  type TweetFields,
} from '../../../src/tweets/tweet.ts';

const before = new Date('2026-03-01T12:00:00Z');
const after = new Date('2026-03-02T12:00:00Z');
const known = { tweetId: '1700000000000000000', tweetText: 'Hello', authorUsername: 'someone' };

const captureOf = (content: TweetFields, operationId: string, createdAt: Date): Capture => ({
  ...newCapture({
    userId: 'user',
    fields: content,
    source: 'archive',
    requestId: '',
    operationId,
    createdAt,
  }),
  requestId: `request ${operationId}`,
});
const stored = (content: TweetFields, different: Partial<StoredTweet> = {}): StoredTweet => ({
  ...captureOf(content, 'first', before),
  ...{ status: 'published', messageId: 'm', publishedAt: before, pendingSince: null },
  ...different,
});
/** What is stored once both have been captured, one after the other. */
const both = (first: TweetFields, second: TweetFields): TweetFields => {
  const { enriched } = mergeCapture(stored(first), captureOf(second, 'second', after));
  return enriched?.fields ?? first;
};
const archived = (different: object = {}) =>
  archivedTweetFields.parse({ tweetId: known.tweetId, ...different });
const live = (different: object = {}) => liveTweetFields.parse({ ...known, ...different });

describe('a capture of a tweet that is stored', () => {
  it('fills what is null or absent', () => {
    const capturedAt = 1_772_366_400_000;
    const second = live({ capturedAt, threadId: '5', isReply: true });
    assert.deepEqual(both(archived({ threadId: null }), second), second);
  });

  it('overwrites nothing: neither an empty text nor false, nor the time of the live capture', () => {
    const first = live({ tweetText: '', capturedAt: 5, hasImage: false });
    const second = archived({
      tweetText: 'full text',
      capturedAt: 6,
      hasImage: true,
      tweetUrl: 'https://x.com/1',
    });
    assert.deepEqual(both(first, second), { ...first, tweetUrl: 'https://x.com/1' });
  });

  it("replaces X's notice, and a text that was cut off, and publishes the tweet once more", () => {
    const notice = 'This Post is from a suspended account. {learnmore}';
    for (const tweetText of [notice, 'Hello, w…', 'Hello, w...']) {
      for (const first of [archived({ tweetText }), live({ tweetText })]) {
        const capture = captureOf(archived({ tweetText: 'Hello, world' }), 'second', after);
        const { outcome, enriched } = mergeCapture(stored(first), capture);
        assert.equal(outcome, 'enriched');
        const item = enriched && newEnrichedItem(enriched, after);
        assert.equal(item?.data.tweetText, 'Hello, world');
        assert.equal(item?.attributes.revision, '2');
      }
    }
  });

  it('takes no notice for a text', () => {
    const notice = archived({ tweetText: 'This Tweet is from a suspended account. Learn more' });
    for (const first of [archived(), live(), notice]) assert.equal(both(first, notice), first);
  });

  it('keeps the time of the tweet and that of the like, whichever came first', () => {
    const imported = archived({ timestamp: '2018-10-10T20:19:24.211Z' });
    const liked = live({ capturedAt: 5 });
    for (const { timestamp, capturedAt } of [both(imported, liked), both(liked, imported)]) {
      assert.deepEqual([timestamp, capturedAt], ['2018-10-10T20:19:24.211Z', 5]);
    }
  });

  it('is a duplicate where it brings nothing but null, or nothing at all', () => {
    const capture = captureOf(archived({ threadId: null }), 'second', after);
    assert.deepEqual(mergeCapture(stored(live()), capture), { outcome: 'duplicate' });
    assert.deepEqual(mergeCapture(null, capture), { outcome: 'duplicate' });
  });

  it('makes a message of its own, under the same key and date, that tells its revision and its request', () => {
    const { enriched } = mergeCapture(stored(archived()), captureOf(live(), 'second', after));
    assert.ok(enriched);
    const item = newEnrichedItem(enriched, after);
    assert.ok(item);
    const { data, attributes, nextAttemptAt, attempts } = item;
    assert.deepEqual([nextAttemptAt, attempts], [after, 0]);
    assert.deepEqual({ data, attributes }, toMessage(enriched));
    const first = toMessage(stored(archived()));
    assert.ok(!('revision' in first.attributes));
    assert.deepEqual(attributes, { ...first.attributes, requestId: 'request second', revision: '2' });
  });

  it('fills a tweet that an operator gave up, and does not queue it', () => {
    const givenUp = { ...stored(archived()), status: 'failed' as const, givenUpAt: before };
    const { outcome, enriched } = mergeCapture(givenUp, captureOf(live(), 'second', after));
    assert.ok(enriched);
    assert.deepEqual([outcome, newEnrichedItem(enriched, after)], ['enriched', null]);
    assert.deepEqual([enriched.status, enriched.revision], ['failed', 2]);
  });

  it('is recognised when it meets what it wrote itself', () => {
    const first = captureOf(archived(), 'first', before);
    const second = captureOf(live(), 'second', after);
    const { enriched } = mergeCapture(stored(archived()), second);
    assert.ok(enriched);
    assert.deepEqual(mergeCapture(enriched, second), { outcome: 'enriched' });
    assert.deepEqual(mergeCapture(enriched, first), { outcome: 'created' });
    assert.deepEqual(mergeCapture(enriched, { ...second, operationId: 'third' }), { outcome: 'duplicate' });
  });

  it('loses nothing and changes nothing, whatever is known of a tweet and in whatever order', () => {
    const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
    const content = fc.record({
      tweetText: fc.option(fc.constantFrom('', 'a', 'b')),
      authorUsername: fc.option(fc.constantFrom('a', 'b')),
      capturedAt: maybe(fc.nat()),
      threadId: maybe(fc.option(fc.constantFrom('1', '2'))),
      isReply: maybe(fc.boolean()),
    });
    fc.assert(
      fc.property(fc.array(content, { minLength: 1, maxLength: 5 }), (contents) => {
        let now = stored(archived(contents[0]));
        contents.slice(1).forEach((given, index) => {
          const { outcome, enriched } = mergeCapture(
            now,
            captureOf(archived(given), `number ${index}`, after),
          );
          const next = enriched ?? now;
          for (const [field, value] of Object.entries(now.fields)) {
            if (value !== null && value !== undefined)
              assert.equal(next.fields[field as keyof TweetFields], value);
          }
          assert.equal(next.revision ?? 1, (now.revision ?? 1) + Number(outcome === 'enriched'));
          now = next;
        });
        for (const [field, value] of contents.flatMap(Object.entries)) {
          const isKnown = value !== null && value !== undefined;
          if (isKnown) assert.ok((now.fields[field as keyof TweetFields] ?? null) !== null, field);
        }
      }),
    );
  });
});
