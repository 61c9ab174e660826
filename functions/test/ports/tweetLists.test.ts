import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { claim, newQueueItem } from '../../src/delivery/queueItem.ts';
import { type ListPosition, PAGE_BYTES, readPage } from '../../src/http/page.ts';
import type { TweetFilters } from '../../src/tweets/ports.ts';
import { type Capture, newCapture, type TweetStatus } from '../../src/tweets/tweet.ts';
import { onEveryAdapter, type Stores } from '../support/adapters.ts';
import { collect } from '../support/collect.ts';
import { sampleCapture } from '../support/samples.ts';
import { upTo } from '../support/upTo.ts';

const start = new Date('2026-03-01T12:00:00Z');
const minute = (count: number) => new Date(start.getTime() + count * 60_000);
const messageId = 'projects/p/topics/t/messages/1';
const userId = randomUUID();
const ids = (found: { id: string }[]) => found.map(({ id }) => id);

onEveryAdapter('the lists of a user', (open) => {
  let { tweets, outbox, tweetLists }: Pick<Stores, 'tweets' | 'outbox' | 'tweetLists'> = {} as Stores;
  beforeEach(() => {
    ({ tweets, outbox, tweetLists } = open());
  });

  const captureAt = async (at: Date, author = 'someone', owner = userId) => {
    const { fields: tweet, ...sample } = sampleCapture(at, owner);
    const capture = newCapture({ ...sample, fields: { ...tweet, authorUsername: author } });
    await tweets.create(capture);
    return capture;
  };
  const enqueue = (capture: Capture, at = start) => outbox.enqueue(newQueueItem(capture, 'down', at));
  const inState: Record<TweetStatus, (capture: Capture) => Promise<unknown>> = {
    captured: async () => {},
    published: (capture) => outbox.markPublished(capture.id, messageId, start),
    queued: (capture) => enqueue(capture, minute(1000)),
    failed: async (capture) => {
      await enqueue(capture);
      await outbox.claimDue(start, upTo(1), (item) => ({ ...item, status: 'failed', nextAttemptAt: null }));
    },
  };
  const list = async (filters: TweetFilters = {}, limit = 100) =>
    ids(await tweetLists.tweets(userId, filters, limit, null));
  const walk = async <T extends ListPosition>(page: (after: ListPosition | null) => Promise<T[]>) => {
    const all: T[] = [];
    for (let found = await page(null); found.length > 0; found = await page(all.at(-1) ?? null))
      all.push(...found);
    return all;
  };

  it('have the tweets from the newest to the oldest, those of one time by id, and nobody else’s', async () => {
    const same = [await captureAt(minute(1)), await captureAt(minute(1)), await captureAt(minute(1))];
    const [oldest, newest] = [await captureAt(start), await captureAt(minute(2))];
    await captureAt(minute(1), 'someone', randomUUID());
    const expected = [newest.id, ...ids(same).sort().reverse(), oldest.id];
    assert.deepEqual(await list(), expected);
    assert.deepEqual(await list({}, 2), expected.slice(0, 2));
  });

  it('give each tweet as it is read by its id', async () => {
    const capture = await captureAt(start);
    await inState.published(capture);
    assert.deepEqual(await tweetLists.tweets(userId, {}, 1, null), [await tweets.read(capture.id)]);
  });

  it('go on after a place, also in the middle of a time, whatever has come meanwhile', async () => {
    const expected: string[] = [];
    for (let count = 0; count < 7; count += 1) expected.push((await captureAt(minute(count % 2))).id);
    const found = await walk(async (after) => {
      const page = await tweetLists.tweets(userId, {}, 2, after);
      await captureAt(minute(60));
      return page;
    });
    assert.deepEqual(ids(found).sort(), expected.sort());
  });

  it('go on after the place of a tweet that is gone', async () => {
    const [older, newer] = [await captureAt(start), await captureAt(minute(1))];
    await tweets.remove(newer.id, minute(2));
    assert.deepEqual(ids(await tweetLists.tweets(userId, {}, 5, newer)), [older.id]);
  });

  it('are filtered by status, as a tweet moves on', async () => {
    const expected: Record<string, string[]> = {};
    for (const status of ['failed', 'captured', 'published', 'queued'] as const) {
      const capture = await captureAt(start);
      await inState[status](capture);
      expected[status] = [capture.id];
    }
    for (const [status, found] of Object.entries(expected)) {
      assert.deepEqual(await list({ status: status as TweetStatus }), found, status);
    }
    const [item] = await outbox.claimDue(minute(1000), upTo(5), (due) => claim(due, minute(1000), 0));
    assert.ok(item);
    await outbox.settlePublished([{ item, messageId }], minute(1001));
    assert.deepEqual(await list({ status: 'queued' }), []);
    assert.equal((await list({ status: 'published' })).length, 2);
  });

  it('are filtered by author, however the name was written', async () => {
    const mixed = await captureAt(start, 'SomeOne');
    await captureAt(start, 'someone_else');
    assert.deepEqual(await list({ author: 'someone' }), [mixed.id]);
  });

  it('are filtered by time, from inclusive and to exclusive', async () => {
    const all: Capture[] = [];
    for (let count = 0; count < 4; count += 1) all.unshift(await captureAt(minute(count)));
    assert.deepEqual(await list({ from: minute(1), to: minute(3) }), ids(all.slice(1, 3)));
    assert.deepEqual(await list({ from: minute(2) }), ids(all.slice(0, 2)));
    assert.deepEqual(await list({ to: minute(1) }), ids(all.slice(3)));
  });

  it('are filtered by everything at once, page by page', async () => {
    const fitting: string[] = [];
    for (let count = 0; count < 12; count += 1) {
      const capture = await captureAt(minute(count), count % 2 ? 'someone' : 'another');
      if (count % 3) await inState.published(capture);
      if (count % 2 && count % 3 && count > 1) fitting.unshift(capture.id);
    }
    const filters = { status: 'published', author: 'someone', from: minute(2), to: minute(12) } as const;
    const found = await walk((after) => tweetLists.tweets(userId, filters, 2, after));
    assert.deepEqual(ids(found), fitting);
  });

  it('have every tweet after any place, from the newest to the oldest, by the same filters, and count them', async () => {
    const all: Capture[] = [];
    for (let count = 0; count < 5; count += 1) {
      const capture = await captureAt(minute(Math.floor(count / 2)), count % 2 ? 'someone' : 'another');
      if (count > 1) await inState.published(capture);
      all.push(capture);
    }
    await captureAt(minute(1), 'someone', randomUUID());
    const every = async (filters: TweetFilters, after: ListPosition | null = null) =>
      ids(await collect(tweetLists.everyTweet(userId, filters, after)));
    for (const filters of [
      {},
      { status: 'published' },
      { author: 'someone' },
      { from: minute(1), to: minute(2) },
      { status: 'captured', author: 'another', to: minute(1) },
      { author: 'nobody' },
    ] as TweetFilters[]) {
      const found = await every(filters);
      assert.deepEqual(found, await list(filters), JSON.stringify(filters));
      assert.equal(await tweetLists.count(userId, filters, null), found.length);
      for (const [index, id] of found.entries()) {
        const place = { id, createdAt: all.find((each) => each.id === id)?.createdAt ?? start };
        const rest = found.slice(index + 1);
        assert.deepEqual(await every(filters, place), rest, `${JSON.stringify(filters)} after ${index}`);
        assert.equal(await tweetLists.count(userId, filters, place), rest.length);
      }
    }
    assert.equal((await every({})).length, all.length);
  });

  it('let go of every tweet where no more is asked for', async () => {
    for (let count = 0; count < 3; count += 1) await captureAt(minute(count));
    for await (const found of tweetLists.everyTweet(userId, {}, null)) {
      assert.deepEqual(found.createdAt, minute(2));
      break;
    }
  });

  it('have pages that end at a megabyte, and none is read far beyond it', async () => {
    const tweetText = 'x'.repeat(60_000);
    const expected: string[] = [];
    for (let count = 0; count < 50; count += 1) {
      const { fields: tweet, ...sample } = sampleCapture(minute(count), userId);
      const capture = newCapture({ ...sample, fields: { ...tweet, tweetText } });
      await tweets.create(capture);
      expected.unshift(capture.id);
    }
    const found: string[] = [];
    let cursor: string | undefined;
    do {
      let read = 0;
      const page = await readPage({ limit: 100, cursor }, { userId }, async (limit, after) => {
        const some = await tweetLists.tweets(userId, {}, limit, after);
        read += some.length;
        return some;
      });
      const bytes = Buffer.byteLength(JSON.stringify(page.items));
      assert.ok(bytes < PAGE_BYTES + 70_000, `${bytes} bytes`);
      assert.ok(read <= 21, `${read} were read for ${page.items.length}`);
      assert.ok(page.items.length >= 16 || page.nextCursor === null);
      found.push(...ids(page.items));
      cursor = page.nextCursor ?? undefined;
    } while (cursor);
    assert.deepEqual(found, expected);
  });

  it('have the queue from the newest to the oldest, page by page, and nobody else’s', async () => {
    const expected: string[] = [];
    for (let count = 0; count < 5; count += 1) {
      const capture = await captureAt(start);
      await enqueue(capture, minute(Math.floor(count / 2)));
      expected.push(capture.id);
    }
    await enqueue(await captureAt(start, 'someone', randomUUID()));
    const found = await walk((after) => outbox.listForUser(userId, 2, after));
    assert.deepEqual(ids(found).sort(), expected.sort());
    const order = found.toSorted(
      (a, b) => Number(b.createdAt) - Number(a.createdAt) || (a.id < b.id ? 1 : -1),
    );
    assert.deepEqual(ids(found), ids(order));
    assert.equal(found[0]?.errorMessage, 'down');
    assert.ok(!('data' in (found[0] ?? {})), 'the tweet is not read');
  });
});
