import assert from 'node:assert/strict';
import { newUser, post } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import { functionsFirestore } from '../support/firestore.ts';
import { type Subscription, subscribe } from '../support/pubsub.ts';
import { completeTweet, sampleBody } from '../support/samples.ts';
import { suite } from '../support/suite.ts';

describe('a batch of tweets', function () {
  this.timeout(90_000);
  const db = functionsFirestore();
  let messages: Subscription;
  let user: Awaited<ReturnType<typeof newUser>>;
  before(async () => {
    messages = await subscribe('batches');
  });
  beforeEach(async () => {
    user = await newUser();
  });

  const send = async (tweets: unknown[], source?: string) => {
    const headers = { Authorization: `Bearer ${user.accessToken}` };
    return await post('/api/tweets/batch', { tweets, ...(source && { source }) }, headers);
  };
  const stored = async () => (await db.collection('tweets').where('userId', '==', user.userId).get()).docs;
  const allPublished = (count: number) =>
    eventually(
      'published',
      async () => {
        const tweets = await stored();
        return tweets.length === count && tweets.every((tweet) => tweet.get('status') === 'published');
      },
      60_000,
    );
  const mine = async () =>
    (await messages.pullAll()).filter(({ attributes }) => attributes.userId === user.userId);

  it('holds 100 of the longest texts; what is larger than that is 413, and so is a large capture', async () => {
    const tweetText = '🙂'.repeat(5000);
    // Of one tweet: the emulator starts a process for each event.
    const { status, body, text } = await send(Array(100).fill({ ...sampleBody(), tweetText }));
    assert.equal(status, 200, text.slice(0, 500));
    const results: { status: string }[] = body.results;
    const outcomes = results.map((result) => result.status);
    assert.deepEqual(outcomes, ['queued', ...Array(99).fill('duplicate')]);
    for (const answer of [
      await send([{ ...sampleBody(), tweetText: 'x'.repeat(7_000_000) }]),
      await send(Array(101).fill(null)),
      await user.capture({ tweetText: 'x'.repeat(70_000) }),
    ]) {
      assert.deepEqual([answer.status, answer.body.code], [413, 'payload_too_large'], answer.text);
    }
  });

  it('of an archive is enriched by a live capture, and goes out once more as revision 2', async () => {
    const { tweetId, ...live } = completeTweet();
    const imported = await send([{ tweetId, tweetText: 'from the archive' }], 'archive');
    assert.deepEqual(imported.body.results, [{ tweetId, status: 'queued' }]);
    await allPublished(1);
    const [first] = await mine();
    assert.ok(first);
    const archived = JSON.parse(first.data);
    assert.deepEqual(Object.keys(archived.data).sort(), [
      'authorUsername',
      'timestamp',
      'tweetId',
      'tweetText',
    ]);
    assert.deepEqual([first.attributes.source, first.attributes.revision], ['archive', undefined]);

    const liked = await user.capture({ tweetId, ...live });
    const message = 'Tweet already captured';
    assert.deepEqual(liked.body, { status: 'duplicate', tweetId, enriched: true, message });
    const [tweet] = await stored();
    assert.deepEqual([tweet?.get('status'), tweet?.get('revision')], ['queued', 2]);
    assert.deepEqual((await user.capture({ tweetId, ...live })).body, {
      status: 'duplicate',
      tweetId,
      message,
    });

    await suite.runSchedule('retryQueue');
    await allPublished(1);
    const sent = await mine();
    assert.equal(sent.length, 1);
    const second = JSON.parse(sent[0]?.data ?? '');
    const { conversationId: _, ...known } = live as typeof live & { conversationId: null };
    assert.deepEqual(second.data, { ...known, ...archived.data, authorUsername: 'someone' });
    assert.deepEqual(sent[0]?.attributes, {
      ...first.attributes,
      requestId: liked.headers.get('x-request-id'),
      revision: '2',
    });
  });
});
