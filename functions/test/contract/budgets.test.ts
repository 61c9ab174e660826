import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import {
  capture,
  captureBatch,
  exportAccount,
  exportTweets,
  getAccount,
  getTweet,
  listTweets,
} from '../../src/app/endpoints.ts';
import type { ServedEndpoint } from '../../src/app/functions.ts';
import { serve } from '../../src/http/pipeline.ts';
import { assertProblem, assertSuccess } from '../support/assertions.ts';
import { call, type Sent } from '../support/call.ts';
import { captured } from '../support/fill.ts';
import { memoryServices } from '../support/memory/services.ts';
import { bearer } from '../support/requests.ts';
import { sampleBody } from '../support/samples.ts';

const UNTIL_MIDNIGHT = String(12 * 3600);

describe('the daily budget of', () => {
  const userId = randomUUID();
  let memory: ReturnType<typeof memoryServices>;
  let headers: Record<string, string>;
  const open = async (environment: Record<string, string>) => {
    memory = memoryServices({ CAPTURE_WAIT_MS: '0', ...environment });
    headers = await bearer(memory.services, { userId, lifetimeSeconds: 1e6 });
  };
  const send = (definition: ServedEndpoint, sent: Sent = {}) =>
    call(definition, memory.services, { headers, ...sent });
  const usage = async () => (await send(getAccount)).body.usage;
  const assertSpent = (answer: Awaited<ReturnType<typeof send>>, name: string) => {
    assertProblem(answer, 'rate_limited');
    assert.equal(answer.headers['Retry-After'], UNTIL_MIDNIGHT);
    assert.match(answer.body.detail, new RegExp(`${name} is .* midnight UTC`));
  };
  const batchOf = (count: number) => ({
    body: { source: 'archive', tweets: Array.from({ length: count }, () => sampleBody()) },
  });

  it('captures counts each tweet, of a batch too, and refuses before anything is stored', async () => {
    await open({ DAILY_CAPTURES: '102' });
    assertSuccess(captureBatch, await send(captureBatch, batchOf(100)));
    assertSuccess(capture, await send(capture, { body: sampleBody() }));
    assertSpent(await send(captureBatch, batchOf(2)), 'DAILY_CAPTURES');
    assertSuccess(capture, await send(capture, { body: sampleBody() }));
    assertSpent(await send(capture, { body: sampleBody() }), 'DAILY_CAPTURES');
    assert.equal(memory.tweets.tweets.size, 102);
    assertSuccess(listTweets, await send(listTweets));
  });

  it('captures does not count what is not valid', async () => {
    await open({ DAILY_CAPTURES: '100' });
    assertProblem(await send(capture, { body: {} }), 'invalid_request');
    assert.equal((await usage()).captures.used, 0);
  });

  it('bytes counts the bodies of captures', async () => {
    await open({ DAILY_MEGABYTES: '10' });
    const tweets = Array.from({ length: 100 }, () => ({ ...sampleBody(), ignored: 'x'.repeat(30_000) }));
    for (let count = 0; count < 3; count += 1) {
      assertSuccess(captureBatch, await send(captureBatch, { body: { tweets } }));
    }
    assert.equal((await usage()).megabytes.used, 9);
    assertSpent(await send(captureBatch, { body: { tweets } }), 'DAILY_MEGABYTES');
  });

  it('reads counts what lists, single tweets and exports have read', async () => {
    await open({ DAILY_READS: '100' });
    const [one] = await captured(memory.services, 30, userId);
    await send(listTweets);
    await send(getTweet, { path: `/api/tweets/${one?.fields.tweetId}` });
    assert.equal((await usage()).reads.used, 22);
    await send(exportTweets);
    assert.equal((await usage()).reads.used, 52);
    await send(exportTweets);
    await send(listTweets);
    for (const definition of [listTweets, exportTweets, exportAccount]) {
      assertSpent(await send(definition), 'DAILY_READS');
    }
    assertSuccess(capture, await send(capture, { body: sampleBody() }));
  });

  it('exports counts each part of both, begun or not', async () => {
    await open({ DAILY_EXPORTS: '3' });
    await send(exportTweets);
    await send(exportAccount);
    memory.services.tweetLists.count = async () => {
      throw new Error('broken');
    };
    assertProblem(await send(exportTweets), 'internal');
    assertSpent(await send(exportAccount), 'DAILY_EXPORTS');
    assert.deepEqual((await usage()).exports, { used: 3, limit: 3 });
  });

  it('exports is renewed at midnight UTC', async () => {
    await open({ DAILY_EXPORTS: '1' });
    await send(exportTweets);
    assertSpent(await send(exportTweets), 'DAILY_EXPORTS');
    memory.clock.advance(12 * 3_600_000);
    assertSuccess(exportTweets, await send(exportTweets));
  });

  it('exports lets one at a time through: 429 with Retry-After until it is read to its end, or left', async () => {
    await open({});
    await captured(memory.services, 3, userId);
    for (const ending of ['read', 'left']) {
      const { body } = await serve(
        [exportTweets],
        {
          method: 'GET',
          path: exportTweets.path,
          query: '',
          header: (name) => (name === 'authorization' ? headers.Authorization : undefined),
          ip: '192.0.2.1',
          route: 'unknown',
          readBody: async () => new Uint8Array(),
        },
        memory.services,
      );
      const refused = await send(exportAccount);
      assertProblem(refused, 'rate_limited');
      assert.equal(refused.headers['Retry-After'], '30');
      assert.match(refused.body.detail, /is running/);
      for await (const _ of body as AsyncIterable<string>) if (ending === 'left') break;
      assertSuccess(exportAccount, await send(exportAccount));
    }
  });

  it('exports does not count a HEAD request', async () => {
    await open({ DAILY_EXPORTS: '1' });
    for (let count = 0; count < 3; count += 1) {
      assert.equal((await send(exportTweets, { method: 'HEAD' })).status, 200);
    }
    assert.equal((await usage()).exports.used, 0);
  });

  it('anything does not stop a capture where it cannot be counted', async () => {
    await open({ DAILY_CAPTURES: '100' });
    memory.budgets.add = async () => {
      throw new Error('broken');
    };
    assertSuccess(capture, await send(capture, { body: sampleBody() }));
  });
});
