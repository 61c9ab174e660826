import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { capture, captureBatch, listTweets, login, register } from '../../src/app/endpoints.ts';
import type { ServedEndpoint } from '../../src/app/functions.ts';
import type { Brake } from '../../src/brakes/brakes.ts';
import { publishTweet } from '../../src/delivery/publishTweet.ts';
import { retryQueue } from '../../src/delivery/retryQueue.ts';
import type { StoredTweet } from '../../src/tweets/tweet.ts';
import { assertProblem, assertSuccess } from '../support/assertions.ts';
import { call, type Sent } from '../support/call.ts';
import { queued } from '../support/fill.ts';
import { memoryServices } from '../support/memory/services.ts';
import { bearer, EMAIL, PASSWORD } from '../support/requests.ts';
import { sampleBody } from '../support/samples.ts';

const MINUTE = 60_000;

describe('what the operator has paused:', () => {
  const userId = randomUUID();
  let memory: ReturnType<typeof memoryServices>;
  let headers: Record<string, string>;
  beforeEach(async () => {
    memory = memoryServices({ CAPTURE_WAIT_MS: '0' });
    headers = await bearer(memory.services, { userId, lifetimeSeconds: 1e6 });
  });
  const send = (definition: ServedEndpoint, sent: Sent = {}) =>
    call(definition, memory.services, { headers, ...sent });
  const captureOne = () => send(capture, { body: sampleBody() });
  const pause = async (brake: Brake, isOn = true) => {
    await memory.services.brakeStore.set(brake, isOn ? memory.clock.now() : null);
    memory.clock.advance(MINUTE);
  };
  const assertPaused = (answer: Awaited<ReturnType<typeof send>>, brake: Brake) => {
    assertProblem(answer, 'unavailable');
    assert.equal(answer.headers['Retry-After'], '60');
    assert.match(answer.body.detail, new RegExp(`paused ${brake}.*Nothing was stored`));
  };

  it('captures are answered 503 with Retry-After, and nothing is stored', async () => {
    assertSuccess(capture, await captureOne());
    await pause('captures');
    assertPaused(await captureOne(), 'captures');
    assertPaused(await send(captureBatch, { body: { tweets: [sampleBody()] } }), 'captures');
    assert.equal(memory.tweets.tweets.size, 1);
    assertSuccess(listTweets, await send(listTweets));
    await pause('captures', false);
    assertSuccess(capture, await captureOne());
  });

  it('captures that are refused are no error in the log', async () => {
    await pause('captures');
    await captureOne();
    assert.deepEqual(
      memory.lines.filter(({ severity }) => severity !== 'INFO'),
      [],
    );
  });

  it('registration is answered 503, and who has an account signs in', async () => {
    const credentials = { body: { email: EMAIL, password: PASSWORD }, headers: {} };
    assertSuccess(register, await send(register, credentials));
    await pause('registration');
    const other = { body: { email: 'other@example.com', password: PASSWORD }, headers: {} };
    assertPaused(await send(register, other), 'registration');
    assertSuccess(login, await send(login, credentials));
    assertSuccess(capture, await captureOne());
    await pause('registration', false);
    assertSuccess(register, await send(register, other));
  });

  it('a warm capture reads nothing to know it', async () => {
    let reads = 0;
    const { read } = memory.services.brakeStore;
    memory.services.brakeStore.read = async () => {
      reads += 1;
      return await read();
    };
    for (let count = 0; count < 5; count += 1) {
      await captureOne();
      memory.clock.advance(20_000);
    }
    assert.equal(reads, 0);
  });

  describe('publishing', () => {
    /** The trigger, with the event of a tweet. */
    const trigger = async (id: string, isFresh = true) => {
      const tweet = structuredClone(memory.tweets.tweets.get(id)) as StoredTweet;
      const at = isFresh ? memory.clock.now() : new Date(0);
      await publishTweet(id, memory.services, { tweet, at, version: null });
    };
    const capturedId = async () => `${userId}_${(await captureOne()).body.tweetId}`;
    const stateOf = (id: string) => memory.tweets.tweets.get(id)?.status;

    it('is put off: captures are stored and queued, and go out after it', async () => {
      await pause('publishing');
      const id = await capturedId();
      const batch = (await send(captureBatch, { body: { tweets: [sampleBody()] } })).body.results;
      const ids = [id, `${userId}_${batch[0].tweetId}`];
      for (const each of ids) await trigger(each);
      assert.deepEqual([ids.map(stateOf), memory.sent.length], [['queued', 'queued'], 0]);
      assert.equal(memory.tweets.queue.get(id)?.errorMessage, 'Publishing is paused');

      for (let hours = 0; hours < 48; hours += 1) {
        const { paused, published, left } = await retryQueue(memory.services);
        assert.deepEqual({ paused, published, left }, { paused: true, published: 0, left: 2 });
        memory.clock.advance(60 * MINUTE);
      }
      for (const each of ids) assert.equal(memory.tweets.queue.get(each)?.attempts, 0);
      assert.ok(
        memory.lines.some(
          ({ event, severity, fields }) => event === 'retry_run' && severity === 'WARNING' && fields.paused,
        ),
      );

      await pause('publishing', false);
      assert.equal((await retryQueue(memory.services)).published, 2);
      assert.deepEqual(ids.map(stateOf), ['published', 'published']);
    });

    it('is known to the trigger from the tweet, without a read', async () => {
      const before = await capturedId();
      await pause('publishing');
      const after = await capturedId();
      memory.services.brakes.isPaused = async () => assert.fail('asked');
      await trigger(before);
      await trigger(after);
      assert.deepEqual([stateOf(before), stateOf(after)], ['published', 'queued']);
    });

    it('is asked for where an event comes late', async () => {
      const id = await capturedId();
      await pause('publishing');
      await trigger(id, false);
      assert.equal(stateOf(id), 'queued');
    });

    it('stops a retry run between two batches', async () => {
      await queued(memory.services, 200, userId);
      const { publish } = memory.services.publisher;
      memory.services.publisher = {
        publish: async (messages) => {
          await pause('publishing');
          return await publish(messages);
        },
      };
      const { published, paused, left } = await retryQueue(memory.services);
      assert.deepEqual({ published, paused, left }, { published: 150, paused: true, left: 50 });
    });

    it('does not keep lost tweets from the queue', async () => {
      const id = await capturedId();
      await pause('publishing');
      memory.clock.advance(10 * MINUTE);
      assert.equal((await retryQueue(memory.services)).recovered, 1);
      assert.equal(stateOf(id), 'queued');
    });
  });
});
