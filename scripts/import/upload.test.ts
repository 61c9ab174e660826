import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '../../client/client.ts';
import type { ArchivedTweet } from './likes.ts';
import { progressFile } from './progressFile.ts';
import type { Stored } from './stored.ts';
import { upload } from './upload.ts';

const tweets = Array.from({ length: 250 }, (_, index) => ({ tweetId: String(index + 1), tweetText: 'x' }));
const known = { tweetText: 'x', hasUrl: true };

describe('the upload of an archive', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'progress-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  /** A service in memory and imports into it; `answer` can fail before or after storing. */
  function service(answer = (_batch: number, store: () => object) => store()) {
    const stored: Stored = new Map();
    const batches: string[][] = [];
    let lost = 0;
    const post = async (_path: string, { body }: { body: { source: string; tweets: ArchivedTweet[] } }) => {
      assert.equal(body.source, 'archive');
      batches.push(body.tweets.map(({ tweetId }) => tweetId));
      return answer(batches.length, () => {
        const results = body.tweets.map(({ tweetId, tweetText }) => {
          if (tweetText === 'bad')
            return { tweetId, status: 'invalid', errors: [{ path: 'tweetText', message: 'is bad' }] };
          const was = stored.get(tweetId);
          stored.set(tweetId, known);
          if (!was) return { tweetId, status: 'queued' };
          return { tweetId, status: 'duplicate', ...(was.tweetText === null && { enriched: true }) };
        });
        return { body: { results } };
      });
    };
    const file = progressFile('https://a.example', 'user', tweets, folder);
    const invalid: string[] = [];
    const run = (list: ArchivedTweet[] = tweets, signal = new AbortController().signal) =>
      upload({
        service: { client: { post } as unknown as Client, lostAnswers: () => lost },
        tweets: list,
        stored: new Map(stored),
        progress: file.read(),
        file,
        signal,
        onProgress: () => {},
        onInvalid: ({ place, reason }) => invalid.push(`${place}: ${reason}`),
      });
    const loseAnswer = (store: () => object) => {
      store();
      lost += 1;
    };
    return { stored, batches, file, invalid, run, loseAnswer };
  }

  it('sends each tweet once, a hundred at a time', async () => {
    const { batches, run } = service();
    const { counts, done } = await run();
    assert.deepEqual(
      batches.map((batch) => batch.length),
      [100, 100, 50],
    );
    assert.deepEqual(
      batches.flat(),
      tweets.map(({ tweetId }) => tweetId),
    );
    assert.deepEqual([counts, done], [{ new: 250, duplicate: 0, enriched: 0, invalid: 0 }, 250]);
  });

  it('skips stored tweets, and sends those that enrich one', async () => {
    const { stored, batches, run } = service();
    for (const { tweetId } of tweets.slice(20, 140)) stored.set(tweetId, known);
    stored.set('1', { ...known, tweetText: null });
    const { counts } = await run();
    assert.deepEqual(
      batches.map((batch) => batch.length),
      [100, 30],
    );
    assert.deepEqual(counts, { new: 129, duplicate: 120, enriched: 1, invalid: 0 });
  });

  it('fails if a result is missing, and sends the batch again in the next run', async () => {
    const { batches, stored, run } = service((batch, store) =>
      batch === 2 ? { body: { results: [] } } : store(),
    );
    await assert.rejects(run(), /0 results for 100 tweets/);
    await run();
    assert.deepEqual(batches[1], batches[2]);
    assert.equal(stored.size, 250);
  });

  it('continues after a tweet that the service rejects, and reports it', async () => {
    const { invalid, run } = service();
    const { counts } = await run([{ tweetId: '9000', tweetText: 'bad' }, ...tweets.slice(0, 3)]);
    assert.deepEqual(counts, { new: 3, duplicate: 0, enriched: 0, invalid: 1 });
    assert.deepEqual(invalid, ['tweet 9000: tweetText is bad']);
  });

  for (const [when, lostBatch] of [
    ['before the service has stored a batch', () => assert.fail('lost')],
    ['after it, with the answer lost', (store: () => object) => [store(), assert.fail('lost')] as never],
  ] as [string, (store: () => object) => object][]) {
    it(`continues after it ended ${when}, with the right counts`, async () => {
      const { batches, stored, run } = service((batch, store) => (batch === 2 ? lostBatch(store) : store()));
      await assert.rejects(run(), /lost/);
      const { counts } = await run();
      assert.ok(!batches.slice(2).flat().includes('100'), 'the first batch went out again');
      assert.equal(stored.size, 250);
      assert.deepEqual(counts, { new: 250, duplicate: 0, enriched: 0, invalid: 0 });
    });
  }

  it('counts a tweet as new if its first answer was lost and the client repeated the request', async () => {
    const { run, loseAnswer } = service((batch, store) => {
      if (batch === 2) loseAnswer(store);
      return store();
    });
    assert.deepEqual((await run()).counts, { new: 250, duplicate: 0, enriched: 0, invalid: 0 });
  });

  it('stops on its signal, between two batches', async () => {
    const stop = new AbortController();
    const { batches, file, run } = service((_, store) => {
      stop.abort(new Error('enough'));
      return store();
    });
    await assert.rejects(run(tweets, stop.signal), /enough/);
    assert.deepEqual([batches.length, file.read().done], [1, 100]);
  });

  it('does not touch the draft of another import', async () => {
    const { file, run } = service();
    file.write(file.read());
    const draft = join(folder, `${(await readdir(folder))[0]}.draft`);
    await writeFile(draft, '{');
    await run();
    assert.equal(await readFile(draft, 'utf8'), '{');
  });

  it('keeps separate progress by server, user and tweets', async () => {
    const { file: first } = service();
    first.write({ ...first.read(), done: 7 });
    for (const [server, user, archive] of [
      ['https://b.example', 'user', tweets],
      ['https://a.example', 'other', tweets],
      ['https://a.example', 'user', tweets.slice(1)],
      ['https://a.example', 'user', tweets.toReversed()],
      ['https://a.example', 'user', [...tweets.slice(0, -1), { tweetId: '250', tweetText: 'y' }]],
    ] as const) {
      const file = progressFile(server, user, archive, folder);
      assert.equal(file.read().done, 0);
      file.write({ ...file.read(), done: 8 });
    }
    assert.equal(first.read().done, 7);
    first.remove();
    assert.equal(first.read().done, 0);
    assert.equal((await readdir(folder)).length, 5);
  });
});
