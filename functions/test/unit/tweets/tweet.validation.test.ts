import assert from 'node:assert/strict';
import { check } from '../../../src/http/json.ts';
import { liveTweetFields } from '../../../src/tweets/tweet.ts';
import { sampleBody } from '../../support/samples.ts';

/** The fields that are wrong with a value. */
function wrong(value: unknown): string[] {
  return (check(liveTweetFields, value).errors ?? []).map(({ path }) => path);
}

const FLAGS = ['isReply', 'isRetweet', 'isQuoteTweet', 'isThread', 'hasImage', 'hasVideo', 'hasLink'];
const NO_STRINGS = { number: 1, boolean: true, list: ['x'], object: { x: 1 } };
const LONE_SURROGATES = { 'a lone surrogate': 'x\ud800', 'a pair in the wrong order': '\udc00\ud800' };
const RELATED_ID = {
  ...NO_STRINGS,
  empty: '',
  'longer than 20': '1'.repeat(21),
  'no digits': 'abc',
  negative: '-1',
  'not in ASCII': '١٢٣',
  'with a line break': '123\n',
};

/** What each field refuses, beside what a test may say of several. */
const BAD: Record<string, Record<string, unknown>> = {
  tweetId: {
    ...NO_STRINGS,
    missing: undefined,
    null: null,
    'a number that has lost digits': Number('1700000000000000001'),
    empty: '',
    '14 digits': '1'.repeat(14),
    '21 digits': '1'.repeat(21),
    'no digits': 'abcdefghijklmnop',
    signed: '+170000000000000000',
    negative: '-170000000000000000',
    decimal: '170000000000000000.0',
    exponential: '1700000000000000e3',
    hexadecimal: '0x17000000000000000',
    'digits that are not ASCII': '١٢٣٤٥٦٧٨٩٠١٢٣٤٥',
    'full-width digits': '１２３４５６７８９０１２３４５６',
    'a line break after it': '1700000000000000000\n',
    'a line break before it': '\n1700000000000000000',
    'spaces around it': ' 1700000000000000000 ',
    'a NUL after it': '1700000000000000000\0',
    'a path': '../170000000000000000',
    'two lines of digits': '1700000000000000000\n1700000000000000000',
  },
  tweetText: {
    ...NO_STRINGS,
    ...LONE_SURROGATES,
    missing: undefined,
    null: null,
    '5001 characters': 'x'.repeat(5001),
    '5001 emoji': '😀'.repeat(5001),
  },
  authorUsername: {
    ...NO_STRINGS,
    ...LONE_SURROGATES,
    missing: undefined,
    null: null,
    empty: '',
    '51 characters': 'x'.repeat(51),
  },
  authorDisplayName: { ...NO_STRINGS, ...LONE_SURROGATES, '201 characters': 'x'.repeat(201) },
  tweetUrl: {
    ...NO_STRINGS,
    ...LONE_SURROGATES,
    empty: '',
    'a script': 'javascript:alert(1)',
    'a script that looks like a URL': 'javascript://x.com/%0aalert(1)',
    'a script with a URL in it': 'javascript:alert(1)//https://x.com/',
    'a script after a space': ' javascript:alert(1)',
    'a script after a URL': 'https://x.com\njavascript:alert(1)',
    data: 'data:text/html,<script>alert(1)</script>',
    'a file': 'file:///etc/passwd',
    ftp: 'ftp://x.com/',
    'without a scheme': 'x.com/someone',
    'relative to a scheme': '//x.com/someone',
    'without a host': 'https://',
    'without slashes': 'https:x.com',
    'a port that cannot be': 'https://x.com:99999/',
    'with a space': 'https://x.com/a b',
    'with a line break': 'https://x.com/\n',
    'with a NUL': 'https://x.com/\0',
    '2049 characters': `https://x.com/${'a'.repeat(2049 - 14)}`,
  },
  timestamp: {
    ...NO_STRINGS,
    empty: '',
    'a date only': '2026-01-01',
    'without an offset': '2026-01-01T00:00:00',
    'as X writes it': 'Thu Jan 01 00:00:00 +0000 2026',
    'epoch milliseconds': 1772366400000,
    'a day that is not': '2026-02-30T00:00:00Z',
    'a leap day in another year': '2025-02-29T00:00:00Z',
    'hour 25': '2026-01-01T25:00:00Z',
    'an offset that is not': '2026-01-01T00:00:00+99:99',
    'a line break after it': '2026-01-01T00:00:00Z\n',
  },
  capturedAt: {
    text: '1772366400000',
    'an ISO date': '2026-01-01T00:00:00Z',
    boolean: true,
    list: [1],
    'a fraction': 1772366400000.5,
    negative: -1,
    'later than dates reach': 8.64e15 + 1,
    'beyond safe integers': 2 ** 53,
    'not finite': Number.POSITIVE_INFINITY,
  },
  threadId: RELATED_ID,
  parentTweetId: RELATED_ID,
  conversationId: RELATED_ID,
};
for (const flag of FLAGS) BAD[flag] = { text: 'true', number: 1, list: [true], object: {} };

describe('a bad tweet', () => {
  it('would be good without what is wrong', () => assert.deepEqual(wrong(sampleBody()), []));

  it('is looked for in every field there is', () => {
    assert.deepEqual(Object.keys(BAD).sort(), Object.keys(liveTweetFields.shape).sort());
  });

  for (const [field, values] of Object.entries(BAD)) {
    for (const [what, value] of Object.entries(values)) {
      it(`has a ${field} that is refused: ${what}`, () => {
        assert.deepEqual(wrong(sampleBody({ [field]: value })), [field]);
      });
    }
  }

  it('is told of every field that is wrong', () => {
    const fields = ['tweetId', 'tweetText', 'tweetUrl', 'isReply'];
    const body = sampleBody(Object.fromEntries(fields.map((field) => [field, 7])));
    assert.deepEqual(wrong(body).sort(), fields.sort());
  });

  it('is no object', () => {
    for (const value of [null, undefined, [], [sampleBody()], '', 'tweet', 0, 1.5, true]) {
      assert.deepEqual(wrong(value), ['']);
    }
  });

  it('cannot hide a field in its prototype', () => {
    const inherited = JSON.parse(`{"__proto__":${JSON.stringify(sampleBody())}}`);
    assert.deepEqual(wrong(inherited).sort(), ['authorUsername', 'tweetId', 'tweetText']);
  });
});
