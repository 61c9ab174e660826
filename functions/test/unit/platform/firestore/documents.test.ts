import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { AppError } from '../../../../src/core/errors.ts';
import { retryUntilWritten } from '../../../../src/platform/firestore/documents.ts';

const isUnavailable = (error: unknown) => error instanceof AppError && error.code === 'unavailable';

describe('a compare-and-set', () => {
  afterEach(() => mock.restoreAll());

  /** Loses so many times before it wins. */
  const losing = (times: number) => {
    const state = { tries: 0 };
    const compareAndSet = async () => {
      state.tries += 1;
      return state.tries > times ? 'written' : null;
    };
    return { state, compareAndSet };
  };
  const withoutPauses = () => mock.method(Math, 'random', () => 0);

  it('is repeated until it wins, with pauses that grow', async () => {
    const { state, compareAndSet } = losing(3);
    const random = withoutPauses();
    assert.equal(await retryUntilWritten(compareAndSet), 'written');
    assert.equal(state.tries, 4);
    assert.equal(random.mock.callCount(), 3);
  });

  it('is unavailable after ten tries', async () => {
    withoutPauses();
    const { state, compareAndSet } = losing(Number.POSITIVE_INFINITY);
    await assert.rejects(retryUntilWritten(compareAndSet), isUnavailable);
    assert.equal(state.tries, 10);
  });

  it('begins no try when its request has ended', async () => {
    withoutPauses();
    let now = 0;
    mock.method(performance, 'now', () => now);
    const { state, compareAndSet } = losing(Number.POSITIVE_INFINITY);
    const slow = async () => {
      now += 4000;
      return await compareAndSet();
    };
    await assert.rejects(retryUntilWritten(slow), isUnavailable);
    assert.equal(state.tries, 3);
  });
});
