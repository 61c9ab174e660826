import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { ApiError, Unreachable } from '../../client/client.ts';
import { createCountdown, formatWait } from './display.ts';

const limited = new ApiError(new Response(null, { status: 429 }), '');

describe('an import that waits', () => {
  beforeEach(() => mock.timers.enable({ apis: ['setInterval'] }));
  afterEach(() => mock.timers.reset());

  it('counts the seconds down and names the rate limit', () => {
    const shown: string[] = [];
    const countdown = createCountdown((state) => shown.push(state));
    countdown.start(2.4, limited);
    mock.timers.tick(60_000);
    assert.deepEqual(
      shown,
      [3, 2, 1].map((left) => `waiting ${left} s for the service's rate limit`),
    );
  });

  it('names another reason, and stops when the import continues', () => {
    const shown: string[] = [];
    const countdown = createCountdown((state) => shown.push(state));
    countdown.start(30, new Unreachable('x'));
    mock.timers.tick(1000);
    countdown.end();
    mock.timers.tick(60_000);
    assert.deepEqual(
      shown,
      [30, 29].map((left) => `waiting ${left} s for the service, which did not respond correctly`),
    );
  });

  it('names the error of the service, such as a pause', () => {
    const problem = { code: 'unavailable', detail: 'The operator has paused captures.' };
    const headers = { 'Content-Type': 'application/problem+json' };
    const error = new ApiError(new Response(null, { status: 503, headers }), JSON.stringify(problem));
    assert.equal(formatWait(60, error), 'waiting 60 s for the service: The operator has paused captures.');
  });
});
