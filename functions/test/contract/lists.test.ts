import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { getQueue, getTweet, listTweets } from '../../src/app/endpoints.ts';
import type { ServedEndpoint } from '../../src/app/functions.ts';
import { publishTweet } from '../../src/delivery/publishTweet.ts';
import { retryQueue } from '../../src/delivery/retryQueue.ts';
import { liveTweetFields, newCapture } from '../../src/tweets/tweet.ts';
import { assertProblem, assertSuccess } from '../support/assertions.ts';
import { type Answered, call } from '../support/call.ts';
import { down } from '../support/faultyPublisher.ts';
import { captured, capturedApart, queued } from '../support/fill.ts';
import { memoryServices } from '../support/memory/services.ts';
import { bearer } from '../support/requests.ts';
import { completeTweet, newTweetId, sampleCapture } from '../support/samples.ts';
import { upTo } from '../support/upTo.ts';

const userId = randomUUID();
let memory: ReturnType<typeof memoryServices>;
let headers: Record<string, string>;
beforeEach(async () => {
  memory = memoryServices();
  headers = await bearer(memory.services, { userId });
});

const send = (definition: ServedEndpoint, path: string, as = headers) =>
  call(definition, memory.services, { path, headers: as });
const list = (query: Record<string, string> = {}, as = headers) =>
  send(listTweets, `/api/tweets?${new URLSearchParams(query)}`, as);
const queue = (query: Record<string, string> = {}, as = headers) =>
  send(getQueue, `/api/queue?${new URLSearchParams(query)}`, as);
const idsOf = ({ body }: Answered): string[] => body.items.map(({ tweetId }: { tweetId: string }) => tweetId);

/** Tweets of the user, a minute or a step of another length apart, from the newest to the oldest. */
const fill = (count: number, stepMs?: number) => capturedApart(memory, count, userId, stepMs);
const refused = (answer: Answered, path: string) => {
  assertProblem(answer, 'invalid_request');
  assert.deepEqual(
    answer.body.errors.map((error: { path: string }) => error.path),
    [path],
  );
};

describe('a tweet', () => {
  it('is given as it was captured, with what has become of it and when', async () => {
    const body = liveTweetFields.parse(completeTweet());
    const createdAt = memory.clock.now();
    const capture = newCapture({ ...sampleCapture(createdAt, userId), fields: body });
    await memory.tweets.create(capture);
    const path = `/api/tweets/${body.tweetId}`;
    const fresh = await send(getTweet, path);
    assertSuccess(getTweet, fresh);
    const times = { createdAt: createdAt.toISOString(), publishedAt: null };
    const state = { source: 'chrome-extension', status: 'captured', messageId: null };
    assert.deepEqual(fresh.body, { ...body, ...state, ...times });
    memory.clock.advance(1000);
    await publishTweet(capture.id, memory.services);
    const { status, messageId, publishedAt } = (await send(getTweet, path)).body;
    const at = memory.clock.now().toISOString();
    assert.deepEqual([status, messageId, publishedAt], ['published', 'projects/p/topics/t/messages/1', at]);
    assert.deepEqual((await list()).body.items, [(await send(getTweet, path)).body]);
  });

  it('that was not captured is 404, and so is what cannot be one', async () => {
    for (const id of [newTweetId(), '1', 'x', '9'.repeat(21), '__proto__']) {
      assertProblem(await send(getTweet, `/api/tweets/${id}`), 'not_found');
    }
  });
});

describe('the list of tweets', () => {
  it('of who has none is empty', async () => {
    assert.deepEqual((await list()).body, { items: [], nextCursor: null });
  });

  it('has 20 on a page unless told, and each tweet on one page', async () => {
    const all = await fill(45);
    const pages: string[][] = [];
    let cursor: string | null = null;
    do {
      const page: Answered = await list({ ...(cursor && { cursor }) });
      assertSuccess(listTweets, page);
      pages.push(idsOf(page));
      cursor = page.body.nextCursor;
    } while (cursor);
    assert.deepEqual(
      pages.map(({ length }) => length),
      [20, 20, 5],
    );
    assert.deepEqual(pages.flat(), all);
  });

  it('ends with its last tweet: a full page that is the last has no cursor', async () => {
    await fill(4);
    const { nextCursor } = (await list({ limit: '2' })).body;
    assert.equal((await list({ limit: '2', cursor: nextCursor })).body.nextCursor, null);
  });

  it('goes on where it was, with another limit, too, while tweets arrive', async () => {
    const all = await fill(6);
    const { nextCursor } = (await list({ limit: '2' })).body;
    await fill(3);
    assert.deepEqual(idsOf(await list({ limit: '100', cursor: nextCursor })), all.slice(2));
  });

  it('has up to 100 on a page, and at least one', async () => {
    await fill(101, 1);
    assert.equal(idsOf(await list({ limit: '100' })).length, 100);
    assert.equal(idsOf(await list({ limit: '1' })).length, 1);
    for (const limit of ['0', '101', '-1', '1.5', '1e1', '', ' 5', '05', 'x'])
      refused(await list({ limit }), 'limit');
  });

  it('can be had by status, by author in any case, and by time of capture in any zone', async () => {
    const [newest, middle, oldest] = (await fill(3)) as [string, string, string];
    await publishTweet(`${userId}_${middle}`, memory.services);
    assert.deepEqual(idsOf(await list({ status: 'published' })), [middle]);
    assert.deepEqual(idsOf(await list({ author: 'SomeOne' })), [newest, middle, oldest]);
    assert.deepEqual(idsOf(await list({ author: '@SomeOne' })), [newest, middle, oldest]);
    assert.deepEqual(idsOf(await list({ author: 'nobody' })), []);
    assert.deepEqual(idsOf(await list({ from: '2026-03-01T14:01:00+02:00' })), [newest, middle]);
    assert.deepEqual(idsOf(await list({ from: '2026-03-01t14:01+0200' })), [newest, middle]);
    assert.deepEqual(idsOf(await list({ to: '2026-03-01T12:01:00Z', status: 'captured' })), [oldest]);
  });

  it('names a filter that it does not understand', async () => {
    refused(await list({ status: 'lost' }), 'status');
    for (const author of ['', '@']) refused(await list({ author }), 'author');
    for (const from of ['yesterday', '2026-03-01', '2026-03-01T12:00:00', '2026-02-30T12:00:00Z'])
      refused(await list({ from }), 'from');
    for (const to of ['0000-12-31T23:59:59Z', '0001-01-01T00:00:00+01:00', '9999-12-31T23:59:59-01:00'])
      refused(await list({ to }), 'to');
    refused(await send(listTweets, '/api/tweets?status=failed&status=queued'), 'status');
  });
});

describe('the queue', () => {
  it('has what is not delivered, the latest queued first, with attempts, next attempt and error', async () => {
    memory.services.publisher = down;
    const [first] = await queued(memory.services, 1, userId);
    const firstAt = memory.clock.now().toISOString();
    await retryQueue(memory.services);
    memory.clock.advance(60_000);
    const [second] = await queued(memory.services, 1, userId);
    const now = memory.clock.now().toISOString();
    await captured(memory.services, 1, userId);
    const answer = await queue();
    assertSuccess(getQueue, answer);
    const { nextAttemptAt, ...tried } = answer.body.items[1];
    const fresh = { status: 'pending', attempts: 0, nextAttemptAt: now, createdAt: now };
    const lastError = 'Pub/Sub answered 503';
    assert.deepEqual(answer.body.items[0], { tweetId: second?.fields.tweetId, ...fresh, lastError });
    const after = { status: 'retrying', attempts: 1, lastError, createdAt: firstAt };
    assert.deepEqual(tried, { tweetId: first?.fields.tweetId, ...after });
    assert.ok(nextAttemptAt > now);
    assert.equal(answer.body.nextCursor, null);
  });

  it('has a dead letter without a next attempt', async () => {
    await queued(memory.services, 1, userId);
    await memory.tweets.claimDue(memory.clock.now(), upTo(1), (item) => ({
      ...item,
      status: 'failed',
      nextAttemptAt: null,
    }));
    const [{ status, nextAttemptAt }] = (await queue()).body.items;
    assert.deepEqual([status, nextAttemptAt], ['failed', null]);
  });

  it('comes in pages', async () => {
    const all = await queued(memory.services, 5, userId);
    const one = await queue({ limit: '3' });
    const two = await queue({ limit: '3', cursor: one.body.nextCursor });
    const found = [...idsOf(one), ...idsOf(two)];
    assert.deepEqual(found.toSorted(), all.map(({ fields: tweet }) => tweet.tweetId).sort());
    assert.equal(two.body.nextCursor, null);
  });
});

describe('a cursor', () => {
  let cursor: string;
  beforeEach(async () => {
    await queued(memory.services, 3, userId);
    cursor = (await list({ limit: '1' })).body.nextCursor;
  });

  it('shows nothing that a URL would have to escape', () => {
    assert.match(cursor, /^[A-Za-z0-9_-]+$/);
  });

  it('that is broken is refused', async () => {
    for (const other of [
      '',
      'x',
      'null',
      `${cursor}x`,
      `${cursor}=`,
      ` ${cursor}`,
      cursor.slice(1),
      cursor.slice(0, -1),
    ])
      refused(await list({ cursor: other }), 'cursor');
  });

  it('with any one character changed is refused', async () => {
    for (let at = 0; at < cursor.length; at += 1) {
      const other = `${cursor.slice(0, at)}${cursor[at] === 'A' ? 'B' : 'A'}${cursor.slice(at + 1)}`;
      refused(await list({ cursor: other }), 'cursor');
    }
  });

  it('of another user is refused', async () => {
    const other = await bearer(memory.services);
    refused(await list({ cursor }, other), 'cursor');
  });

  it('of other filters is refused, but not of the same ones in other words', async () => {
    const filters = { status: 'queued', author: 'Someone', from: '2026-03-01T00:00:00Z' };
    const { nextCursor } = (await list({ ...filters, limit: '1' })).body;
    const same = { status: 'queued', author: 'sOMEONE', from: '2026-03-01T01:00:00+01:00' };
    assert.equal((await list({ ...same, cursor: nextCursor })).status, 200);
    for (const other of [
      {},
      { ...filters, status: 'failed' },
      { ...filters, author: 'x' },
      { ...filters, to: filters.from },
    ])
      refused(await list({ ...other, cursor: nextCursor }), 'cursor');
    refused(await list({ ...filters, cursor }), 'cursor');
  });

  it('of another list is refused', async () => {
    refused(await queue({ cursor }), 'cursor');
    refused(await list({ cursor: (await queue({ limit: '1' })).body.nextCursor }), 'cursor');
  });
});
