import assert from 'node:assert/strict';
import { fileOf, type Like, likeJs } from './archiveFixtures.ts';
import { readLikes } from './likes.ts';

const id = '1790000000000000001';
const read = (...likes: Like[]) => readLikes([fileOf(likeJs(likes))]);
const only = (like: Like) => read({ tweetId: id, ...like }).tweets[0];

function errorOf(text: string, name?: string): string {
  try {
    readLikes([fileOf(text, name)]);
  } catch (error) {
    return (error as Error).message;
  }
  assert.fail('it was read');
}

describe('the likes of an archive', () => {
  it('are read with their text and URL', () => {
    const like = { fullText: 'Hello', expandedUrl: 'https://twitter.com/i/web/status/1' };
    assert.deepEqual(only(like), { tweetId: id, tweetText: 'Hello', tweetUrl: like.expandedUrl });
  });

  it('may have only an ID, of 1 to 20 digits', () => {
    const ids = ['7', '123', id, '18446744073709551615'];
    const { tweets, invalid } = read(...ids.map((tweetId) => ({ tweetId })));
    assert.deepEqual([tweets, invalid], [ids.map((tweetId) => ({ tweetId })), []]);
  });

  for (const [text, decoded] of [
    ['&lt;b&gt; &amp; &quot;x&quot; &#39;y&#39;', `<b> & "x" 'y'`],
    ['&#128512; &#x1F600;', '😀 😀'],
    ['&amp;lt;', '&lt;'],
    ['AT&T &copy me', 'AT&T &copy me'],
    ['שלום \u0000 e\u0301 "q" \\ \n\u2028', 'שלום \u0000 e\u0301 "q" \\ \n\u2028'],
  ] as const) {
    it(`have their entities decoded once: ${JSON.stringify(text)}`, () => {
      assert.equal(only({ fullText: text })?.tweetText, decoded);
    });
  }

  for (const expandedUrl of [
    'javascript:alert(1)',
    'data:text/html,x',
    '/relative',
    '',
    5,
    `https://x.com/${'x'.repeat(2048)}`,
  ]) {
    it(`lose an invalid URL, which is listed: ${JSON.stringify(expandedUrl).slice(0, 30)}`, () => {
      const { tweets, droppedUrls, invalid } = read(
        { tweetId: '1' },
        { tweetId: id, fullText: 'x', expandedUrl },
      );
      assert.deepEqual(tweets[1], { tweetId: id, tweetText: 'x' });
      assert.deepEqual(invalid, []);
      assert.equal(droppedUrls.length, 1);
      assert.match(`${droppedUrls[0]?.place} ${droppedUrls[0]?.reason}`, /^like\.js, line 7 .*must/);
    });
  }

  for (const [what, like, reason] of [
    ['an id that is no number', { tweetId: '12a' }, /"12a": tweetId must be 1 to 20 digits/],
    ['an id that is too long', { tweetId: '1'.repeat(21) }, /tweetId must be 1 to 20 digits/],
    ['an id that has lost digits', { tweetId: 17 }, /tweetId must be/],
    ['no id', { fullText: 'x' }, /tweetId/],
    [
      'a text that is too long',
      { tweetId: id, fullText: 'x'.repeat(5001) },
      /tweetText must have at most 5000/,
    ],
    ['half a character', { tweetId: id, fullText: '\ud83d' }, /tweetText must not contain a lone surrogate/],
    ['a text that is none', { tweetId: id, fullText: 5 }, /tweetText/],
  ] as [string, Like, RegExp][]) {
    it(`are invalid with ${what}: listed with the line, and the others are read`, () => {
      const { tweets, invalid } = read({ tweetId: '1' }, like, { tweetId: '2' });
      assert.deepEqual(
        tweets.map(({ tweetId }) => tweetId),
        ['1', '2'],
      );
      assert.equal(invalid.length, 1);
      assert.equal(invalid[0]?.place, 'like.js, line 7');
      assert.match(invalid[0]?.reason ?? '', reason);
    });
  }

  it('may have null for missing fields', () => {
    const { tweets, invalid, droppedUrls } = read({ tweetId: id, fullText: null, expandedUrl: null });
    assert.deepEqual([tweets, invalid, droppedUrls], [[{ tweetId: id }], [], []]);
  });

  it('are distinguished from other values', () => {
    const strange = ['5', 'null', '"like"', '[]', '{}', '{ "like": 7 }', '{ "like": { "tweetid": "1" } }'];
    const list = [...strange, '{ "like": { "tweetId": "1" } }'].join(',\n');
    const { tweets, invalid } = readLikes([fileOf(`window.YTD.like.part0 = [\n${list}\n]`)]);
    assert.deepEqual(tweets, [{ tweetId: '1' }]);
    assert.deepEqual(
      invalid.map(({ place }) => place),
      strange.map((_, index) => `like.js, line ${index + 2}`),
    );
  });

  it('count once if they are repeated, with the fields of all copies', () => {
    const files = [
      fileOf(likeJs([{ tweetId: '1', fullText: 'a' }, { tweetId: '2' }, { tweetId: '3' }])),
      fileOf(
        likeJs(
          [
            { tweetId: '1', fullText: 'b' },
            { tweetId: '3', fullText: 'c' },
          ],
          1,
        ),
        'like-part1.js',
      ),
    ];
    const { tweets, repeated } = readLikes(files);
    assert.deepEqual(tweets, [
      { tweetId: '1', tweetText: 'a' },
      { tweetId: '2' },
      { tweetId: '3', tweetText: 'c' },
    ]);
    assert.equal(repeated, 2);
  });

  it('keep the longest text of all copies', () => {
    const { tweets } = read(
      { tweetId: '1', fullText: 'Hello, w…' },
      { tweetId: '1', fullText: 'Hello, world' },
    );
    assert.deepEqual(tweets, [{ tweetId: '1', tweetText: 'Hello, world' }]);
  });

  it('have no text if it is a notice of X', () => {
    const fullText =
      'You’re unable to view this Post because this account owner limits who can view their Posts. {learnmore}';
    const { tweets, hidden, invalid } = read(
      { tweetId: '1', fullText },
      { tweetId: '2', fullText: fullText.replace('’', '&#39;') },
      { tweetId: '3', fullText: 'Hello' },
    );
    assert.deepEqual(tweets, [{ tweetId: '1' }, { tweetId: '2' }, { tweetId: '3', tweetText: 'Hello' }]);
    assert.deepEqual([hidden, invalid], [2, []]);
  });

  it('are as many as the manifest lists', () => {
    const file = fileOf(likeJs([{ tweetId: '1' }, { tweetId: '2' }]));
    assert.equal(readLikes([{ ...file, count: 2 }]).tweets.length, 2);
    assert.throws(
      () => readLikes([{ ...file, count: 3 }]),
      /^Error: like\.js has 2 likes, and manifest\.js lists 3\./,
    );
  });

  it('are rejected in UTF-16', () => {
    const bytes = Buffer.from(likeJs([{ tweetId: '1' }]), 'utf16le');
    for (const each of [
      bytes,
      Buffer.concat([Buffer.from([0xff, 0xfe]), bytes]),
      Buffer.from(bytes).swap16(),
    ]) {
      assert.throws(
        () => readLikes([{ name: 'like.js', bytes: each }]),
        /like\.js: it is encoded as UTF-16\./,
      );
    }
  });

  it('are rejected if brackets are nested 60,000 deep', () => {
    const deep = `window.YTD.like.part0 = ${'['.repeat(60_000)}${']'.repeat(60_000)}`;
    assert.match(errorOf(deep), /^like\.js is not like\.js of an X archive: /);
  });

  it('may be empty', () => {
    const files = [{ name: 'like.js', count: 0 }];
    assert.deepEqual(read(), { files, tweets: [], invalid: [], droppedUrls: [], repeated: 0, hidden: 0 });
  });

  const whole = likeJs([
    { tweetId: '1', fullText: 'é' },
    { tweetId: '2', fullText: 'b' },
  ]);
  for (const cut of [
    whole.length - 1,
    whole.indexOf('b'),
    whole.lastIndexOf('tweetId') + 3,
    whole.indexOf('[') + 1,
  ]) {
    it(`are rejected, with the position, if the file is cut off after ${cut} of ${whole.length} characters`, () => {
      const text = whole.slice(0, cut);
      const line = text.split('\n').length;
      const where = `like.js is cut off: it ends at line ${line}, byte ${Buffer.byteLength(text)}, in like `;
      assert.ok(errorOf(text).startsWith(where), errorOf(text));
    });
  }

  it('are rejected, with the position, if the file is damaged', () => {
    assert.match(errorOf(whole.replace('"2"', '2"')), /^like\.js is damaged at line 10, byte \d+\./);
  });

  it('are rejected if a text is not valid UTF-8', () => {
    const bytes = Buffer.from(whole);
    bytes[bytes.indexOf('é') + 1] = 0x20;
    assert.throws(() => readLikes([{ name: 'like.js', bytes }]), /^Error: like\.js is damaged: .* not UTF-8/);
  });

  it('are read with a byte order mark, line ends of Windows and a semicolon', () => {
    const { tweets, invalid } = readLikes([fileOf(`\uFEFF${whole.replace(/\n/g, '\r\n')};\r\n`)]);
    assert.deepEqual([tweets.length, invalid], [2, []]);
  });

  it('are never run as code', () => {
    const evil = 'window.YTD.like.part0 = [ (globalThis.ran = true) ]';
    assert.match(errorOf(evil), /damaged at line 1/);
    assert.equal('ran' in globalThis, false);
  });

  it('are rejected in other files', () => {
    const expected = /Expected: window\.YTD\.like\.part0/;
    assert.match(
      errorOf('window.YTD.tweets.part0 = []', 'tweets.js'),
      /^tweets\.js is not like\.js .* the archive's tweets\./,
    );
    for (const text of ['', '[]', 'hello', 'window.YTD.like.part0 = {}', '\u0000\u0001'])
      assert.match(errorOf(text), expected);
  });
});
