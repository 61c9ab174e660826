import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { lazy } from '../../../src/core/lazy.ts';

describe('an object that is loaded later', () => {
  const loader = () => {
    const state = { loads: 0, failures: 0 };
    const thing = lazy(async () => {
      state.loads += 1;
      if (state.failures-- > 0) throw new Error('not there');
      return {
        double: async (value: number) => 2 * value,
        async *upTo(last: number) {
          for (let value = 1; value <= last; value++) yield value;
        },
      };
    });
    return { state, thing };
  };

  it('is not loaded by being held, passed on or awaited', async () => {
    const { state, thing } = loader();
    assert.equal(await Promise.resolve(thing), thing);
    assert.equal(state.loads, 0);
  });

  it('answers a call as the object itself would', async () => {
    assert.equal(await loader().thing.double(21), 42);
  });

  it('gives what a method gives one by one', async () => {
    const values = [];
    for await (const value of loader().thing.upTo(3)) values.push(value);
    assert.deepEqual(values, [1, 2, 3]);
  });

  it('rejects where it cannot be loaded, and is loaded by the next call', async () => {
    const { state, thing } = loader();
    state.failures = 1;
    await assert.rejects(thing.double(1), /not there/);
    assert.equal(await thing.double(1), 2);
  });

  it('may be left unread when the load fails: no rejection goes unhandled', async () => {
    const { state, thing } = loader();
    state.failures = 1;
    const unhandled: unknown[] = [];
    const listeners = process.listeners('unhandledRejection');
    process
      .removeAllListeners('unhandledRejection')
      .on('unhandledRejection', (reason) => unhandled.push(reason));
    void thing.upTo(1);
    await setImmediate();
    process.removeAllListeners('unhandledRejection');
    for (const listener of listeners) process.on('unhandledRejection', listener);
    assert.deepEqual(unhandled, []);
    assert.equal(state.loads, 1);
  });

  it('tells a failure once to who iterates over it', async () => {
    const { state, thing } = loader();
    state.failures = 1;
    await assert.rejects(async () => {
      for await (const _ of thing.upTo(1)) assert.fail('gave something');
    }, /not there/);
  });
});
