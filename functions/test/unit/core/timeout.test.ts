import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { withTimeout } from '../../../src/core/timeout.ts';

describe('work with a deadline', () => {
  beforeEach(() => mock.timers.enable({ apis: ['setTimeout'] }));
  afterEach(() => mock.timers.reset());
  const endless = () => new Promise<string>(() => {});

  it('gives what it gives, as long as it is in time', async () => {
    assert.equal(await withTimeout(1000, Promise.resolve('done'), () => 'late'), 'done');
    let finish = (_: string) => {};
    const work = new Promise<string>((resolve) => {
      finish = resolve;
    });
    const result = withTimeout(1000, work, () => 'late');
    mock.timers.tick(999);
    finish('done');
    assert.equal(await result, 'done');
  });

  it('fails as it fails', async () => {
    await assert.rejects(
      withTimeout(1000, Promise.reject(new TypeError('a bug')), () => 'late'),
      TypeError,
    );
  });

  it('gives the late answer, or fails with it, when its time is over', async () => {
    const answered = withTimeout(1000, endless(), () => 'late');
    mock.timers.tick(1000);
    assert.equal(await answered, 'late');
    const failed = withTimeout(1000, endless(), () => {
      throw new RangeError('too late');
    });
    mock.timers.tick(1000);
    await assert.rejects(failed, RangeError);
  });

  it('keeps no process alive once it has ended', async () => {
    const clear = mock.method(globalThis, 'clearTimeout');
    await withTimeout(1000, Promise.resolve(), () => {});
    assert.equal(clear.mock.callCount(), 1);
    clear.mock.restore();
  });
});
