import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { createAccessTokens } from '../../../src/platform/accessToken.ts';

const MINUTE = 60_000;

describe('access tokens', () => {
  beforeEach(() => mock.timers.enable({ apis: ['setTimeout'] }));
  afterEach(() => mock.timers.reset());

  /** A server that answers each request as listed; null is no answer at all. */
  const open = (...answers: (string | Error | null)[]) => {
    const state = { now: 0, requests: [] as AbortSignal[] };
    const accessToken = createAccessTokens(
      async (signal) => {
        state.requests.push(signal);
        const answer = answers.shift();
        if (answer instanceof Error) throw answer;
        return answer ? { access_token: answer, expires_in: 3600 } : await new Promise(() => {});
      },
      () => state.now,
    );
    return { state, accessToken };
  };
  /** Lets promises go on, and then the time. */
  const pass = async (milliseconds: number) => {
    await new Promise(setImmediate);
    mock.timers.tick(milliseconds);
    await new Promise(setImmediate);
  };

  it('are requested once for all callers, and again four minutes before the last one expires', async () => {
    const { state, accessToken } = open('a', 'b');
    assert.deepEqual(await Promise.all([accessToken(), accessToken()]), ['a', 'a']);
    state.now = 56 * MINUTE - 1;
    assert.equal(await accessToken(), 'a');
    state.now += 1;
    assert.equal(await accessToken(), 'b');
    assert.equal(state.requests.length, 2);
  });

  it('are requested anew when a request gets no answer, and that request is aborted', async () => {
    const { state, accessToken } = open(null, 'a');
    const token = accessToken();
    await pass(2500);
    assert.equal(await token, 'a');
    assert.deepEqual(
      state.requests.map(({ aborted }) => aborted),
      [true, false],
    );
  });

  it('fail after five seconds without an answer, and the next caller starts a new request', async () => {
    const { state, accessToken } = open(null, null, 'a');
    const token = accessToken();
    token.catch(() => {});
    await pass(2500);
    await pass(2500);
    await assert.rejects(token, /no access token within 2500 ms/);
    assert.equal(await accessToken(), 'a');
    assert.equal(state.requests.length, 3);
  });

  it('are given for as long as they are valid while no new one can be had', async () => {
    const down = () => new Error('The metadata server answered 503');
    const { state, accessToken } = open('a', down(), down(), down(), down(), 'b');
    assert.equal(await accessToken(), 'a');
    state.now = 59 * MINUTE;
    assert.equal(await accessToken(), 'a');
    state.now = 60 * MINUTE;
    await assert.rejects(accessToken(), /answered 503/);
    assert.equal(await accessToken(), 'b');
  });
});
