import assert from 'node:assert/strict';
import { AppError } from '../../../src/core/errors.ts';
import { FRESH_EVENT_MS } from '../../../src/delivery/policy.ts';
import type { CreatedTweet } from '../../../src/delivery/ports.ts';
import { publishTweet } from '../../../src/delivery/publishTweet.ts';
import { newQueueItem, toMessage } from '../../../src/delivery/queueItem.ts';
import type { Capture, StoredTweet } from '../../../src/tweets/tweet.ts';
import { down } from '../../support/faultyPublisher.ts';
import { captured, queued } from '../../support/fill.ts';
import { memoryServices } from '../../support/memory/services.ts';

describe('the trigger of a new tweet', () => {
  let { services, clock, lines, sent, tweets }: ReturnType<typeof memoryServices> = memoryServices();
  let capture: Capture;

  beforeEach(async () => {
    ({ services, clock, lines, sent, tweets } = memoryServices());
    [capture] = (await captured(services, 1)) as [Capture];
  });

  const unavailable = async () => {
    throw new AppError('unavailable', 'The database cannot be reached. Try again.');
  };

  it('publishes it, and writes down that it did', async () => {
    clock.advance(30);
    await publishTweet(capture.id, services);
    assert.deepEqual(sent, [toMessage(capture)]);
    const { messageId, publishedAt, pendingSince } = (await tweets.read(capture.id)) ?? {};
    assert.equal(messageId, 'projects/p/topics/t/messages/1');
    assert.deepEqual([publishedAt, pendingSince], [clock.now(), null]);
    assert.equal(tweets.queue.size, 0);
  });

  it('believes no event that is as old as the first repeat of one, which the platform sends after 10 s', async () => {
    const stored = (await tweets.read(capture.id)) as StoredTweet;
    const created = { tweet: stored, at: clock.now(), version: undefined };
    await tweets.markPublished(capture.id, 'by the first delivery', clock.now());
    clock.advance(10_000);
    await publishTweet(capture.id, services, created);
    assert.deepEqual(sent, []);
  });

  it('queues it, due at once, when Pub/Sub does not take it', async () => {
    services.breakerPublisher = down;
    await publishTweet(capture.id, services);
    const { messageId, pendingSince } = (await tweets.read(capture.id)) ?? {};
    assert.deepEqual([messageId, pendingSince], [null, null]);
    const { status, attempts, nextAttemptAt, errorMessage } = tweets.queue.get(capture.id) ?? {};
    assert.deepEqual([status, attempts, errorMessage], ['pending', 0, 'Pub/Sub answered 503']);
    assert.deepEqual(nextAttemptAt, clock.now());
  });

  it('tells either by a log line with the id of the request that captured it', async () => {
    await publishTweet(capture.id, services);
    const [other] = (await captured(services, 1)) as [Capture];
    services.breakerPublisher = down;
    await publishTweet(other.id, services);
    const { id, requestId } = capture;
    const messageId = 'projects/p/topics/t/messages/1';
    const reason = 'Pub/Sub answered 503';
    assert.deepEqual(lines, [
      { severity: 'INFO', event: 'tweet_published', fields: { id, requestId, messageId } },
      {
        severity: 'WARNING',
        event: 'tweet_queued',
        fields: { id: other.id, requestId: other.requestId, reason },
      },
    ]);
  });

  describe('told of it by an event', () => {
    const event = async (): Promise<CreatedTweet> => {
      const tweet = (await tweets.read(capture.id)) as StoredTweet;
      return { tweet, at: clock.now(), version: 'as created' };
    };
    const neverRead = () => {
      services.tweets = { ...tweets, read: () => assert.fail('read') };
    };

    it('of the last seconds, takes it at its word and reads nothing', async () => {
      const created = await event();
      const marked: unknown[] = [];
      neverRead();
      services.outbox.markPublished = async (...given) => void marked.push(given[3]);
      clock.advance(FRESH_EVENT_MS - 1);
      await publishTweet(capture.id, services, created);
      assert.deepEqual(sent, [toMessage(capture)]);
      assert.deepEqual(marked, ['as created']);
    });

    it('that does not show the tweet, looks for it', async () => {
      const created = await event();
      Object.assign(created.tweet, { pendingSince: null });
      await publishTweet(capture.id, services, created);
      assert.deepEqual(sent, [toMessage(capture)]);
    });

    it('that is older, looks first whether the tweet has an outcome', async () => {
      const created = await event();
      await publishTweet(capture.id, services);
      clock.advance(FRESH_EVENT_MS);
      await publishTweet(capture.id, services, created);
      assert.equal(sent.length, 1);
    });

    it('of the last seconds, overwrites no outcome that it does not know of', async () => {
      const created = await event();
      await tweets.enqueue(newQueueItem(capture, 'down', clock.now()));
      await publishTweet(capture.id, services, created);
      assert.equal((await tweets.read(capture.id))?.status, 'queued');
      assert.equal(tweets.queue.size, 1);
    });
  });

  it('leaves a tweet alone that was published before, so that an event delivered twice is harmless', async () => {
    await publishTweet(capture.id, services);
    await publishTweet(capture.id, services);
    assert.equal(sent.length, 1);
  });

  it('leaves a tweet alone that is in the queue, or that is gone', async () => {
    const [waiting] = (await queued(services, 1)) as [Capture];
    await publishTweet(waiting.id, services);
    await publishTweet('nobody_1', services);
    assert.deepEqual(sent, []);
  });

  it('fails, for the event to come again, when it can neither publish nor queue', async () => {
    services.breakerPublisher = down;
    services.outbox = { ...tweets, enqueue: unavailable };
    await assert.rejects(publishTweet(capture.id, services), { code: 'unavailable' });
    assert.notEqual((await tweets.read(capture.id))?.pendingSince, null);
  });

  it('fails when it cannot write down what it published, and publishes the same message again', async () => {
    services.outbox = { ...tweets, markPublished: unavailable };
    await assert.rejects(publishTweet(capture.id, services), { code: 'unavailable' });
    services.outbox = tweets;
    await publishTweet(capture.id, services);
    assert.deepEqual(sent, [toMessage(capture), toMessage(capture)]);
    assert.notEqual((await tweets.read(capture.id))?.messageId, null);
  });

  it('fails, and queues nothing, on an error that is not about Pub/Sub', async () => {
    services.breakerPublisher = {
      publish: async () => {
        throw new TypeError('a bug');
      },
    };
    await assert.rejects(publishTweet(capture.id, services), TypeError);
    assert.notEqual((await tweets.read(capture.id))?.pendingSince, null);
    assert.equal(tweets.queue.size, 0);
  });
});
