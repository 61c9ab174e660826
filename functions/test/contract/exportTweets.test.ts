import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { exportTweets, listTweets } from '../../src/app/endpoints.ts';
import { AppError } from '../../src/core/errors.ts';
import { publishTweet } from '../../src/delivery/publishTweet.ts';
import { EXPORT_PART_BYTES } from '../../src/http/textStream.ts';
import { liveTweetFields, newCapture } from '../../src/tweets/tweet.ts';
import { tweetResponse } from '../../src/tweets/tweetResponse.ts';
import { assertProblem, assertSuccess } from '../support/assertions.ts';
import { call } from '../support/call.ts';
import { capturedApart } from '../support/fill.ts';
import { linesOf, rowsOf } from '../support/lines.ts';
import { memoryServices } from '../support/memory/services.ts';
import { bearer } from '../support/requests.ts';
import { completeTweet, sampleCapture } from '../support/samples.ts';

describe('an export of tweets', () => {
  const userId = randomUUID();
  let memory: ReturnType<typeof memoryServices>;
  let headers: Record<string, string>;
  beforeEach(async () => {
    memory = memoryServices();
    headers = await bearer(memory.services, { userId });
  });
  const send = (
    query: Record<string, string> = {},
    definition: typeof exportTweets | typeof listTweets = exportTweets,
  ) =>
    call(definition, memory.services, { path: `${definition.path}?${new URLSearchParams(query)}`, headers });
  const exported = async (query: Record<string, string> = {}) => {
    const answer = await send(query);
    assertSuccess(exportTweets, answer);
    return query.format === 'csv' ? rowsOf(answer.text) : linesOf(answer.text);
  };
  const ids = (found: { tweetId?: unknown }[]) =>
    found.map(({ tweetId }) => String(tweetId).replace(/^'/, ''));
  const fill = (count: number, stepMs?: number) => capturedApart(memory, count, userId, stepMs);
  const captureOf = async (different: Record<string, unknown>) => {
    const body = liveTweetFields.parse({ ...completeTweet(), ...different });
    await memory.tweets.create(newCapture({ ...sampleCapture(memory.clock.now(), userId), fields: body }));
    return body;
  };

  it('is JSON Lines unless told, each the item that the list has', async () => {
    const { tweetId } = await captureOf({});
    await publishTweet(`${userId}_${tweetId}`, memory.services);
    await fill(2);
    const { items } = (await send({}, listTweets)).body;
    assert.equal(items.length, 3);
    assert.deepEqual(await exported(), items);
    assert.deepEqual(await exported({ format: 'jsonl' }), items);
  });

  it('as CSV has every field of an item in a column of its name', async () => {
    const body = await captureOf({ tweetText: 'One, "two"\r\nthree' });
    const [row = {}] = (await exported({ format: 'csv' })) as Record<string, string>[];
    assert.deepEqual(new Set(Object.keys(row)), new Set(Object.keys(tweetResponse.shape)));
    const createdAt = memory.clock.now().toISOString();
    const number = (id: string) => `'${id}`;
    assert.deepEqual(row, {
      ...Object.fromEntries(Object.entries(body).map(([name, value]) => [name, String(value)])),
      tweetId: number(body.tweetId),
      threadId: number('1700000000000000001'),
      parentTweetId: number('20'),
      conversationId: '',
      source: 'chrome-extension',
      status: 'captured',
      messageId: '',
      createdAt,
      publishedAt: '',
    });
  });

  it('as CSV has its columns in an order that stays', async () => {
    const [head] = (await send({ format: 'csv' })).text.split('\r\n');
    const columns =
      'tweetId authorUsername authorDisplayName tweetText tweetUrl timestamp capturedAt createdAt status publishedAt ' +
      'messageId threadId parentTweetId conversationId isReply isRetweet isQuoteTweet isThread hasImage hasVideo hasLink source';
    assert.equal(
      head,
      `\uFEFF${columns
        .split(' ')
        .map((name) => `"${name}"`)
        .join()}`,
    );
  });

  it('as CSV runs no formula of a tweet [ASVS 1.2.10]', async () => {
    await captureOf({
      tweetText: '=HYPERLINK("http://a.example")',
      authorDisplayName: ' @SUM(1)',
      authorUsername: '+1',
    });
    const [row = {}] = (await exported({ format: 'csv' })) as Record<string, string>[];
    const { tweetText, authorDisplayName, authorUsername } = row;
    assert.deepEqual(
      [tweetText, authorDisplayName, authorUsername],
      [`'=HYPERLINK("http://a.example")`, " '@SUM(1)", "'+1"],
    );
  });

  it('of who has no tweets is empty, and as CSV a row of names', async () => {
    assert.equal((await send()).text, '');
    assert.match((await send({ format: 'csv' })).text, /^\uFEFF"tweetId",[^\r\n]*\r\n$/);
  });

  for (const format of ['jsonl', 'csv']) {
    it(`has each tweet, the latest captured first: ${format}`, async () => {
      assert.deepEqual(await fill(120, 1000), ids(await exported({ format })));
    });

    it(`takes the filters of the list: ${format}`, async () => {
      const [newest, middle, oldest] = (await fill(3)) as [string, string, string];
      await publishTweet(`${userId}_${middle}`, memory.services);
      const found = async (query: Record<string, string>) => ids(await exported({ format, ...query }));
      assert.deepEqual(await found({ status: 'published' }), [middle]);
      assert.deepEqual(await found({ author: 'SomeOne' }), [newest, middle, oldest]);
      memory.clock.advance(60_000);
      assert.deepEqual(await found({ author: 'nobody' }), []);
      assert.deepEqual(await found({ from: '2026-03-01T14:01:00+02:00' }), [newest, middle]);
      assert.deepEqual(await found({ to: '2026-03-01T12:01:00Z', status: 'captured' }), [oldest]);
    });

    it(`is a file by its name: ${format}`, async () => {
      const { headers: said } = await send({ format });
      assert.equal(said['Content-Disposition'], `attachment; filename="tweets-2026-03-01.${format}"`);
    });
  }

  for (const format of ['jsonl', 'csv']) {
    it(`goes on after any row, and tells how many are left: ${format}`, async () => {
      await fill(4);
      const whole = await send({ format });
      const rows = format === 'csv' ? rowsOf(whole.text) : linesOf(whole.text);
      assert.equal(whole.headers['X-Total-Count'], '4');
      for (const [index, { createdAt, tweetId }] of rows.entries()) {
        memory.clock.advance(60_000);
        const rest = await send({ format, after: `${createdAt},${tweetId}` });
        const left = rows.length - index - 1;
        assert.equal(rest.headers['X-Total-Count'], String(left));
        assert.equal(
          rest.text,
          left === 0
            ? ''
            : whole.text
                .split('\n')
                .slice(-left - 1)
                .join('\n'),
        );
      }
    });

    it(`goes on in the middle of a batch, whose rows have one createdAt: ${format}`, async () => {
      const captured = await fill(5, 0);
      const whole = await exported({ format });
      const { createdAt, tweetId } = whole[1] ?? {};
      const rest = await send({ format, after: `${createdAt},${tweetId}` });
      const head = format === 'csv' ? `${(await send({ format })).text.split('\r\n')[0]}\r\n` : '';
      const rows = (format === 'csv' ? rowsOf : linesOf)(head + rest.text);
      assert.deepEqual(ids([...whole.slice(0, 2), ...rows]).sort(), captured.sort());
    });
  }

  describe('of more than a part holds', function () {
    this.timeout(60_000);
    const tweetText = '😀'.repeat(5000);
    const total = Math.ceil((1.2 * EXPORT_PART_BYTES) / (4 * 5000));
    beforeEach(async () => {
      for (let count = 0; count < total; count += 1) {
        await captureOf({ tweetText });
        memory.clock.advance(1000);
      }
    });

    for (const format of ['jsonl', 'csv']) {
      it(`comes in parts that make one file together: ${format}`, async () => {
        const read = format === 'csv' ? rowsOf : linesOf;
        const first = await send({ format });
        const rows = read(first.text);
        const bytes = Buffer.byteLength(first.text);
        assert.equal(first.headers['X-Total-Count'], String(total));
        assert.ok(rows.length < total && bytes >= EXPORT_PART_BYTES && bytes < 9_000_000);

        await captureOf({});
        const { createdAt, tweetId } = rows.at(-1) ?? {};
        const second = await send({ format, after: `${createdAt},${tweetId}` });
        const all = read(first.text + second.text);
        assert.equal(second.headers['X-Total-Count'], String(total - rows.length));
        assert.equal(new Set(all.map((row) => row.tweetId)).size, total);
        assert.equal(all.length, total);
      });
    }

    it('has no part that looks complete while more is left, whatever comes and goes meanwhile', async () => {
      const { count } = memory.services.tweetLists;
      const { length } = linesOf((await send()).text);
      // As many as a part holds were there when they were counted.
      memory.services.tweetLists.count = async () => length;
      assert.equal(linesOf((await send()).text).length, total);
      memory.services.tweetLists.count = count;
    });
  });

  it('tells a HEAD request how many there are', async () => {
    await fill(3);
    const { headers: said, text } = await call(exportTweets, memory.services, { method: 'HEAD', headers });
    assert.deepEqual([said['X-Total-Count'], text], ['3', '']);
  });

  it('names what it does not understand', async () => {
    for (const [path, value] of [
      ['format', 'xlsx'],
      ['format', ''],
      ['format', 'CSV'],
      ['status', 'lost'],
      ['author', ''],
      ['from', 'yesterday'],
      ['to', '2026-03-01'],
      ['after', ''],
      ['after', '1790000000000000001'],
      ['after', '2026-03-01T12:00:00Z,x'],
      ['after', '2026-03-01T12:00:00Z,1,2'],
      ['after.createdAt', 'yesterday,1'],
    ] as const) {
      memory.clock.advance(60_000);
      const answer = await send({ [path.split('.')[0] as string]: value });
      assertProblem(answer, 'invalid_request');
      assert.deepEqual(
        answer.body.errors.map((error: { path: string }) => error.path),
        [path],
      );
    }
  });

  it('that cannot begin is an error like any other, and no file', async () => {
    await fill(1);
    const failure = new AppError('unavailable', 'The database cannot be reached. Try again.');
    memory.services.tweetLists.everyTweet = () => ({
      [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(failure) }),
    });
    for (const format of ['jsonl', 'csv']) assertProblem(await send({ format }), 'unavailable');
  });

  it('that fails on the way breaks off, and the log says why', async () => {
    await fill(1);
    const { everyTweet } = memory.services.tweetLists;
    memory.services.tweetLists.everyTweet = async function* (...args) {
      yield* everyTweet(...args);
      throw new Error('the database went away');
    };
    for (const format of ['jsonl', 'csv']) await assert.rejects(send({ format }), /went away/);
    assert.equal(memory.lines.filter(({ event }) => event === 'stream_failed').length, 2);
  });

  it('may be asked for five times a minute', async () => {
    for (let count = 0; count < 5; count += 1) await exported();
    assertProblem(await send(), 'rate_limited');
  });
});
