import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mock } from 'node:test';
import { Query } from 'firebase-admin/firestore';
import { capture, getQueue, listTweets } from '../../src/app/endpoints.ts';
import { createOutbox } from '../../src/platform/firestore/outbox.ts';
import { createTweetLists } from '../../src/platform/firestore/tweetLists.ts';
import { createTweetStore } from '../../src/platform/firestore/tweetStore.ts';
import { call } from '../support/call.ts';
import { queued } from '../support/fill.ts';
import { emptyFirestore } from '../support/firestore.ts';
import { memoryServices } from '../support/memory/services.ts';
import { bearer } from '../support/requests.ts';
import { sampleBody } from '../support/samples.ts';

interface Page {
  items: { tweetId: string; createdAt: string }[];
  nextCursor: string | null;
}

const TWEETS = 1000;
const MORE = 100;
const LIMIT = 37;

/** The lists on the Firestore emulator, in a project of its own. */
describe('a list of many tweets', function () {
  this.timeout(60_000);
  const userId = randomUUID();
  let memory: ReturnType<typeof memoryServices>;
  let headers: Record<string, string>;
  beforeEach(async () => {
    memory = memoryServices();
    const db = emptyFirestore();
    Object.assign(memory.services, {
      tweets: createTweetStore(db),
      outbox: createOutbox(db),
      tweetLists: createTweetLists(db),
    });
    headers = await bearer(memory.services, { userId });
  });

  /** Captures at the same moment; the next ones come a millisecond later. */
  const captureSome = async (count: number) => {
    const bodies = Array.from({ length: count }, () => sampleBody());
    const asked = { ...headers, Prefer: 'respond-async' };
    const answers = bodies.map((body) => call(capture, memory.services, { body, headers: asked }));
    for (const { status } of await Promise.all(answers)) assert.equal(status, 200);
    memory.clock.advance(1);
    return bodies.map(({ tweetId }) => tweetId);
  };
  const page = async (query: string) => {
    const { status, text, body } = await call(listTweets, memory.services, {
      path: `/api/tweets?${query}`,
      headers,
    });
    assert.equal(status, 200, text);
    return body as Page;
  };

  it(`has each of ${TWEETS} tweets on one page, none missing, while ${MORE} more are captured`, async () => {
    const before: string[] = [];
    while (before.length < TWEETS) before.push(...(await captureSome(25)));
    const meanwhile: string[] = [];
    const found: Page['items'] = [];
    let cursor: string | null = null;
    do {
      const [{ items, nextCursor }, more]: [Page, string[]] = await Promise.all([
        page(`limit=${LIMIT}${cursor ? `&cursor=${cursor}` : ''}`),
        captureSome(meanwhile.length < MORE ? 4 : 0),
      ]);
      found.push(...items);
      meanwhile.push(...more);
      cursor = nextCursor;
    } while (cursor);

    assert.equal(meanwhile.length, MORE);
    const ids = found.map(({ tweetId }) => tweetId);
    assert.equal(new Set(ids).size, ids.length, 'none is there twice');
    const seen = new Set(ids);
    assert.deepEqual(
      before.filter((id) => !seen.has(id)),
      [],
    );
    const times = found.map(({ createdAt }) => createdAt);
    assert.deepEqual(times, times.toSorted().reverse());
  });

  it('reads one document more than a page holds, and by one query where it has 20, also far down', async () => {
    await queued(memory.services, 60, userId);
    const reads: number[] = [];
    const { get } = Query.prototype;
    mock.method(Query.prototype, 'get', async function (this: Query) {
      const found = await get.call(this);
      reads.push(found.size);
      return found;
    });
    try {
      const { nextCursor } = await page('limit=50');
      await page(`limit=20&cursor=${nextCursor}`);
      await page('limit=5&status=queued&author=someone&from=2026-01-01T00:00:00Z');
      await call(getQueue, memory.services, { path: '/api/queue?limit=7', headers });
    } finally {
      mock.restoreAll();
    }
    assert.deepEqual(reads, [21, 30, 10, 6, 8]);
  });
});
