import assert from 'node:assert/strict';
import { capture } from '../../src/app/endpoints.ts';
import { AppError } from '../../src/core/errors.ts';
import { assertSuccess } from '../support/assertions.ts';
import { call } from '../support/call.ts';
import { memoryServices } from '../support/memory/services.ts';
import { bearer } from '../support/requests.ts';
import { sampleBody } from '../support/samples.ts';

describe('a capture whose trigger does not report in time', () => {
  let { services, clock, lines, tweets }: ReturnType<typeof memoryServices> = memoryServices();
  let headers: Record<string, string>;
  beforeEach(async () => {
    ({ services, clock, lines, tweets } = memoryServices());
    headers = await bearer(services);
  });

  const send = (body: object = sampleBody(), more: Record<string, string> = {}) =>
    call(capture, services, { body, headers: { ...headers, ...more } });
  const time = () => clock.now().getTime();

  it('answers queued, and that publishing is under way, when the wait is over first', async () => {
    const before = time();
    const answer = await send();
    assertSuccess(capture, answer);
    assert.equal(answer.body.status, 'queued');
    assert.match(answer.body.message, /in progress/);
    assert.equal(time() - before, 800);
  });

  it('waits as long as it is configured to', async () => {
    ({ services, clock } = memoryServices({ CAPTURE_WAIT_MS: '250' }));
    headers = await bearer(services);
    const before = time();
    assertSuccess(capture, await send());
    assert.equal(time() - before, 250);
  });

  it('is done when the tweet is written: a wait that fails is still 200 queued', async () => {
    services.tweets = {
      ...tweets,
      waitUntilSettled: async () => {
        throw new AppError('unavailable', 'The database cannot be reached.');
      },
    };
    const answer = await send();
    assertSuccess(capture, answer);
    assert.equal(answer.body.status, 'queued');
    assert.ok(lines.some(({ severity, event }) => severity === 'WARNING' && event === 'outcome_unknown'));
  });

  describe('with a preference', () => {
    const preferring = async (prefer: string) => {
      const before = time();
      const answer = await send(sampleBody(), { Prefer: prefer });
      assertSuccess(capture, answer);
      return [time() - before, answer.headers['Preference-Applied']];
    };

    it('to be answered asynchronously is answered right after the write', async () => {
      assert.deepEqual(await preferring('respond-async'), [0, 'respond-async']);
      assert.equal(tweets.tweets.size, 1);
    });

    it('to wait is waited for, ten seconds at most', async () => {
      assert.deepEqual(await preferring('wait=2'), [2000, 'wait=2']);
      assert.deepEqual(await preferring('wait=60'), [10_000, 'wait=10']);
    });

    it('that is not understood is ignored, and not said to have been applied', async () => {
      assert.deepEqual(await preferring('wait=soon, return=minimal'), [800, undefined]);
    });

    it('is told to have been applied on a duplicate as well', async () => {
      const body = sampleBody();
      await send(body);
      const answer = await send(body, { Prefer: 'respond-async' });
      assert.deepEqual(
        [answer.body.status, answer.headers['Preference-Applied']],
        ['duplicate', 'respond-async'],
      );
    });
  });
});
