import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import {
  capture,
  deleteTweet,
  exportAccount,
  getQueue,
  getTweet,
  listTweets,
} from '../../src/app/endpoints.ts';
import { publishTweet } from '../../src/delivery/publishTweet.ts';
import { retryQueue } from '../../src/delivery/retryQueue.ts';
import { assertProblem, assertSuccess } from '../support/assertions.ts';
import { call } from '../support/call.ts';
import { captured, queued } from '../support/fill.ts';
import { memoryServices } from '../support/memory/services.ts';
import { bearer } from '../support/requests.ts';
import { sampleBody } from '../support/samples.ts';

describe('a tweet that its owner deletes', () => {
  const userId = randomUUID();
  let memory: ReturnType<typeof memoryServices>;
  let headers: Record<string, string>;
  beforeEach(async () => {
    memory = memoryServices();
    headers = await bearer(memory.services, { userId });
  });

  const remove = (tweetId: string) => {
    memory.clock.advance(1);
    return call(deleteTweet, memory.services, { path: `/api/tweets/${tweetId}`, headers });
  };
  const onlyOf = async (all: Promise<Awaited<ReturnType<typeof queued>>>) => {
    const [only] = await all;
    assert.ok(only);
    return { id: only.id, tweetId: only.fields.tweetId };
  };

  it('is gone: 204, then 404, and in no list', async () => {
    const { tweetId } = await onlyOf(queued(memory.services, 1, userId));
    const answer = await remove(tweetId);
    assertSuccess(deleteTweet, answer);
    assert.equal(answer.status, 204);
    assertProblem(await remove(tweetId), 'not_found');
    assertProblem(
      await call(getTweet, memory.services, { path: `/api/tweets/${tweetId}`, headers }),
      'not_found',
    );
    for (const definition of [listTweets, getQueue]) {
      const { body } = await call(definition, memory.services, { headers });
      assert.deepEqual(body.items, [], definition.name);
    }
  });

  it('that was never captured is 404', async () => {
    assertProblem(await remove('123456789012345'), 'not_found');
  });

  it('is a duplicate when it is captured again, and stays away', async () => {
    const { tweetId } = await onlyOf(captured(memory.services, 1, userId));
    await remove(tweetId);
    const { body } = await call(capture, memory.services, { body: sampleBody({ tweetId }), headers });
    assert.equal(body.status, 'duplicate');
    assertProblem(await remove(tweetId), 'not_found');
  });

  it('is published by no retry, and by no trigger that comes late', async () => {
    await remove((await onlyOf(queued(memory.services, 1, userId))).tweetId);
    const { id, tweetId } = await onlyOf(captured(memory.services, 1, userId));
    await remove(tweetId);
    await publishTweet(id, memory.services);
    memory.clock.advance(86_400_000);
    const run = await retryQueue(memory.services);
    assert.deepEqual([run.recovered, run.published, memory.sent.length], [0, 0, 0]);
  });

  it('is left alone by a publish that was under way', async () => {
    const { id, tweetId } = await onlyOf(captured(memory.services, 1, userId));
    const { breakerPublisher } = memory.services;
    memory.services.breakerPublisher = {
      async publish(messages) {
        await remove(tweetId);
        return await breakerPublisher.publish(messages);
      },
    };
    await publishTweet(id, memory.services);
    assert.equal(await memory.tweets.read(id), null);
  });

  it('is in the export by its id and the time of its end, and in the audit log', async () => {
    const { tweetId } = await onlyOf(captured(memory.services, 1, userId));
    await remove(tweetId);
    const { text } = await call(exportAccount, memory.services, { headers });
    const lines = text.trimEnd().split('\n');
    const data = { tweetId, deletedAt: memory.clock.now().toISOString() };
    const line = { kind: 'deletedTweet', id: `${userId}_${tweetId}`, data };
    assert.ok(lines.includes(JSON.stringify(line)), text);
    const deletions = [...memory.audited.values()].filter(({ event }) => event === 'tweet_deleted');
    assert.deepEqual(
      deletions.map((entry) => [entry.userId, entry.reason]),
      [[userId, tweetId]],
    );
  });
});
