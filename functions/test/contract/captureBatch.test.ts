import assert from 'node:assert/strict';
import { captureBatch, getTweet, listTweets } from '../../src/app/endpoints.ts';
import { AppError } from '../../src/core/errors.ts';
import { publishTweet } from '../../src/delivery/publishTweet.ts';
import { liveTweetFields } from '../../src/tweets/tweet.ts';
import { assertProblem, assertSuccess } from '../support/assertions.ts';
import { call } from '../support/call.ts';
import { eventually } from '../support/eventually.ts';
import { memoryServices } from '../support/memory/services.ts';
import { bearer } from '../support/requests.ts';
import { completeTweet, sampleBody } from '../support/samples.ts';

const FLAGS = ['isReply', 'isRetweet', 'isQuoteTweet', 'isThread', 'hasImage', 'hasVideo', 'hasLink'];

describe('capturing a batch', () => {
  let memory: ReturnType<typeof memoryServices>;
  let headers: Record<string, string>;
  const userId = crypto.randomUUID();
  const open = async (environment: Record<string, string> = {}) => {
    memory = memoryServices(environment);
    headers = await bearer(memory.services, { userId });
  };
  beforeEach(() => open());

  const post = (body: unknown) => call(captureBatch, memory.services, { body, headers });
  const send = async (tweets: unknown[], source?: string) => {
    const answer = await post({ tweets, ...(source && { source }) });
    assertSuccess(captureBatch, answer);
    return answer.body.results;
  };
  const statuses = async (tweets: unknown[], source?: string) =>
    (await send(tweets, source)).map(({ status }: { status: string }) => status);
  const many = (count: number) => Array.from({ length: count }, () => sampleBody());
  const stored = (tweetId: string) => memory.tweets.read(`${userId}_${tweetId}`);
  const publishAll = async () => {
    for (const id of memory.tweets.tweets.keys()) await publishTweet(id, memory.services);
  };

  it("stores a tweet of an archive without a text where X's notice stands in its place", async () => {
    const tweetText =
      'You’re unable to view this Post because this account owner limits who can view their Posts. {learnmore}';
    assert.deepEqual(await statuses([{ tweetId: '21', tweetText }], 'archive'), ['queued']);
    assert.equal((await stored('21'))?.fields.tweetText, null);
    assert.deepEqual(await send([{ tweetId: '21', tweetText: 'Hello' }], 'archive'), [
      { tweetId: '21', status: 'duplicate', enriched: true },
    ]);
    assert.equal((await stored('21'))?.fields.tweetText, 'Hello');
  });

  it('answers each in its place, and stores what is valid and new', async () => {
    const [known, fresh] = [sampleBody(), completeTweet()];
    await send([known]);
    const bad = { tweetId: '17', tweetText: 5 };
    assert.deepEqual(await send([bad, fresh, known, null, fresh, { tweetId: 17 }]), [
      {
        tweetId: '17',
        status: 'invalid',
        errors: [
          { path: 'tweetId', message: 'must be 15 to 20 digits, as a string' },
          { path: 'tweetText', message: 'must be of type string' },
          { path: 'authorUsername', message: 'is required' },
        ],
      },
      { tweetId: fresh.tweetId, status: 'queued' },
      { tweetId: known.tweetId, status: 'duplicate' },
      { tweetId: null, status: 'invalid', errors: [{ path: '', message: 'must be of type object' }] },
      { tweetId: fresh.tweetId, status: 'duplicate' },
      {
        tweetId: null,
        status: 'invalid',
        errors: [
          { path: 'tweetId', message: 'must be of type string' },
          { path: 'tweetText', message: 'is required' },
          { path: 'authorUsername', message: 'is required' },
        ],
      },
    ]);
    assert.equal(memory.tweets.tweets.size, 2);
    assert.deepEqual((await stored(fresh.tweetId))?.fields, fresh);
  });

  it('of 100 tweets of which 7 are invalid and 11 duplicates stores and publishes exactly 82', async () => {
    const good = many(82);
    const twice = good.slice(0, 11).map((body) => ({ ...body, tweetText: 'again' }));
    const bad = many(7).map(({ tweetId, ...rest }) => ({ ...rest, tweetId: tweetId.slice(0, 10) }));
    const results = await statuses([...good, ...bad, ...twice]);
    assert.deepEqual(results, [
      ...Array(82).fill('queued'),
      ...Array(7).fill('invalid'),
      ...Array(11).fill('duplicate'),
    ]);
    await publishAll();
    assert.equal(memory.sent.length, 82);
    assert.ok(memory.sent.every(({ data }) => data.tweetText === 'Hello, world'));
  });

  it('can be sent again, and then changes nothing', async () => {
    const tweets = many(5);
    assert.deepEqual(await statuses(tweets), Array(5).fill('queued'));
    const before = structuredClone(memory.tweets.tweets);
    assert.deepEqual(await statuses(tweets), Array(5).fill('duplicate'));
    assert.deepEqual(memory.tweets.tweets, before);
  });

  it('of nothing answers nothing', async () => {
    assert.deepEqual(await send([]), []);
  });

  it('of more than 100 is 413, and stores none', async () => {
    assert.equal((await send(many(100))).length, 100);
    const refused = await post({ tweets: many(101) });
    assertProblem(refused, 'payload_too_large');
    assert.equal(refused.body.detail, 'tweets may have at most 100 entries.');
    assert.equal(memory.tweets.tweets.size, 100);
  });

  it('may hold 100 tweets of the longest text, however it is written', async () => {
    const tweets = many(100).map((body) => ({ ...body, tweetText: '🙂'.repeat(5000) }));
    const body = JSON.stringify({ tweets }).replaceAll('🙂', '\\ud83d\\ude42');
    const answer = await post(body);
    assertSuccess(captureBatch, answer);
    assert.equal(memory.tweets.tweets.size, 100);
  }).timeout(20_000);

  it('is 503 as a whole when one tweet cannot be written', async () => {
    memory.services.tweets = {
      ...memory.tweets,
      createAll: async () => {
        throw new AppError('unavailable', 'The database cannot be reached.');
      },
    };
    assertProblem(await post({ tweets: many(2) }), 'unavailable');
  });

  it('names a source that there is not', async () => {
    const answer = await post({ source: 'elsewhere', tweets: [] });
    assertProblem(answer, 'invalid_request');
    assert.deepEqual(answer.body.errors, [
      { path: 'source', message: 'must be chrome-extension or archive' },
    ]);
  });

  it('counts as one request for ten tweets begun', async () => {
    await open({ RATE_LIMIT_PER_MINUTE: '20' });
    const left = async (body: unknown) => (await post(body)).headers.RateLimit?.match(/r=([0-9]+)/)?.[1];
    assert.equal(await left({ tweets: [] }), '19');
    assert.equal(await left({ tweets: many(10) }), '18');
    assert.equal(await left({ tweets: many(11) }), '16');
    assert.equal(await left({ tweets: many(91) }), '6');
    assert.equal(await left({ tweets: 'malformed' }), '5');
    assert.equal(await left('{'), '4');
    const refused = await post({ tweets: many(50) });
    assertProblem(refused, 'rate_limited');
    assert.equal(refused.headers['Retry-After'], '60');
    assert.equal(await left({ tweets: many(30) }), '0', 'the refused one counted as one');
  });

  it('is stored only if all of it is within the limit', async () => {
    await open({ RATE_LIMIT_PER_MINUTE: '5' });
    await send(many(25));
    assertProblem(await post({ tweets: many(21) }), 'rate_limited');
    assert.equal(memory.tweets.tweets.size, 25);
  });

  it('is parsed and stored one at a time, and waits for its turn with its body read', async () => {
    const { promise: stored, resolve: store } = Promise.withResolvers<void>();
    let storing = 0;
    memory.services.tweets = {
      ...memory.tweets,
      async createAll(captures) {
        storing += 1;
        await stored;
        return await memory.tweets.createAll(captures);
      },
    };
    let reads = 0;
    const body = { tweets: many(1) };
    const onRead = () => {
      reads += 1;
    };
    const answers = Array.from({ length: 5 }, () =>
      call(captureBatch, memory.services, { body, headers, onRead }),
    );
    await eventually('all are read and one is stored', () => reads === 5 && storing > 0);
    assert.equal(storing, 1);
    store();
    for (const answer of await Promise.all(answers)) assertSuccess(captureBatch, answer);
    assert.equal(storing, 5);
  });

  it('passes in a fresh minute, however low the limit is', async () => {
    await open({ RATE_LIMIT_PER_MINUTE: '3' });
    assert.equal((await send(many(100))).length, 100);
    assertProblem(await post({ tweets: [] }), 'rate_limited');
  });

  it('takes null in an optional field of an entry as absent, and enriches nothing by it', async () => {
    const names = Object.keys(completeTweet()).filter((name) => !(name in sampleBody()));
    const nulls = Object.fromEntries(names.map((name) => [name, null]));
    for (const source of ['chrome-extension', 'archive']) {
      const body = sampleBody();
      assert.deepEqual(await statuses([{ ...body, ...nulls }], source), ['queued']);
      const { fields: tweet } = (await stored(body.tweetId)) ?? {};
      const { threadId, parentTweetId, conversationId, timestamp, ...known } = tweet ?? {};
      assert.equal(typeof timestamp, source === 'archive' ? 'string' : 'undefined');
      const flags = source === 'archive' ? {} : Object.fromEntries(FLAGS.map((flag) => [flag, false]));
      assert.deepEqual(known, { ...body, ...flags });
      const again = { tweetId: body.tweetId, status: 'duplicate' };
      assert.deepEqual(await send([{ ...body, ...nulls }], source), [again]);
    }
  });

  describe('of an archive', () => {
    it('may know nothing of a tweet but its id, and leaves open what it does not say', async () => {
      const now = memory.clock.now().toISOString();
      assert.deepEqual(await statuses([{ tweetId: '20', tweetText: null }], 'archive'), ['queued']);
      await publishAll();
      const { fields: tweet, source } = (await stored('20')) ?? {};
      assert.deepEqual(tweet, { tweetId: '20', tweetText: null, authorUsername: null });
      assert.equal(source, 'archive');
      assert.deepEqual([memory.sent[0]?.data, memory.sent[0]?.attributes.source], [tweet, 'archive']);
      const seen = { ...tweet, source, status: 'published', messageId: 'projects/p/topics/t/messages/1' };
      const path = '/api/tweets/20';
      const one = await call(getTweet, memory.services, { path, headers });
      assertSuccess(getTweet, one);
      assert.deepEqual(one.body, { ...seen, createdAt: now, publishedAt: now });
      const lists = ['/api/tweets', '/api/tweets?author=null'].map((path) =>
        call(listTweets, memory.services, { path, headers }),
      );
      const found = await Promise.all(lists);
      assert.deepEqual(
        found.map(({ body }) => body.items.length),
        [1, 0],
      );
    });

    it('gets the time of a tweet from its id, unless it says one', async () => {
      const tweetId = '1050118621198921728';
      const timestamp = '2018-10-10T00:00:00Z';
      await send([{ tweetId }, { tweetId: `${tweetId.slice(0, -1)}9`, timestamp }], 'archive');
      const times = [...memory.tweets.tweets.values()].map((found) => found.fields.timestamp);
      assert.deepEqual(times, ['2018-10-10T20:19:24.211Z', timestamp]);
    });

    it('still has to make sense', async () => {
      const bad = [{}, { tweetId: '' }, { tweetId: '1'.repeat(21) }, { tweetId: '1', tweetText: 5 }];
      const worse = [
        { tweetId: '1', tweetUrl: 'javascript:alert(1)' },
        { tweetId: '1', authorUsername: '' },
      ];
      assert.deepEqual(await statuses([...bad, ...worse], 'archive'), Array(6).fill('invalid'));
    });

    it('takes whole tweets, too', async () => {
      const body = completeTweet();
      await send([body], 'archive');
      assert.deepEqual((await stored(body.tweetId))?.fields, liveTweetFields.parse(body));
    });
  });
});
