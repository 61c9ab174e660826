import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { AppError } from '../../../../src/core/errors.ts';
import { grpcCode, withMappedErrors } from '../../../../src/platform/firestore/errors.ts';

const grpcError = (code: number) => Object.assign(new Error('10.0.0.1:443 said no'), { code });

/** A store whose calls fail as listed, and answer afterwards. */
function failing(...errors: unknown[]) {
  const calls: unknown[][] = [];
  const store = withMappedErrors<{ read(...args: unknown[]): Promise<string> }>({
    async read(...args: unknown[]) {
      calls.push(args);
      if (errors.length > 0) throw errors.shift();
      return 'answer';
    },
  });
  return { store, calls };
}

const isUnavailable = (cause: unknown) => (error: unknown) => {
  assert.ok(error instanceof AppError);
  assert.equal(error.code, 'unavailable');
  assert.equal(error.cause, cause);
  assert.ok(!error.message.includes('10.0.0.1'));
  return true;
};

describe('a store', () => {
  afterEach(() => mock.restoreAll());

  it('gives what its methods give', async () => {
    const { store, calls } = failing();
    assert.equal(await store.read(1, 2), 'answer');
    assert.deepEqual(calls, [[1, 2]]);
  });

  for (const code of [1, 2, 13, 16]) {
    it(`retries once after a transient error that the SDK does not retry (gRPC ${code})`, async () => {
      const { store, calls } = failing(grpcError(code));
      assert.equal(await store.read('same'), 'answer');
      assert.deepEqual(calls, [['same'], ['same']]);
    });

    it(`is unavailable after a second such error (gRPC ${code}), and keeps the reason private`, async () => {
      const last = grpcError(code);
      const { store, calls } = failing(grpcError(code), last);
      await assert.rejects(store.read(), isUnavailable(last));
      assert.equal(calls.length, 2);
    });
  }

  for (const code of [4, 8, 10, 14]) {
    it(`is unavailable at once after an error that the SDK has retried (gRPC ${code})`, async () => {
      const error = grpcError(code);
      const { store, calls } = failing(error);
      await assert.rejects(store.read(), isUnavailable(error));
      assert.equal(calls.length, 1);
    });
  }

  it('does not retry a call that failed after its request has all but timed out', async () => {
    const times = [0, 3001];
    mock.method(performance, 'now', () => times.shift());
    const error = grpcError(13);
    const { store, calls } = failing(error);
    await assert.rejects(store.read(), isUnavailable(error));
    assert.equal(calls.length, 1);
  });

  it('fails as Firestore does with every other error, without a retry', async () => {
    const errors = [3, 5, 6, 7, 9, 11, 12, 15].map(grpcError);
    for (const error of [...errors, new TypeError('a bug'), undefined, null, 'text']) {
      const { store, calls } = failing(error);
      await assert.rejects(store.read(), (thrown) => thrown === error);
      assert.equal(calls.length, 1);
    }
  });

  it('shows an error that follows a transient one', async () => {
    const error = grpcError(7);
    await assert.rejects(failing(grpcError(13), error).store.read(), (thrown) => thrown === error);
  });
});

describe('the gRPC code of an error', () => {
  it('is what Firestore put there, or nothing', () => {
    assert.equal(grpcCode(grpcError(6)), 6);
    for (const error of [new Error('x'), undefined, null, 'text']) assert.equal(grpcCode(error), undefined);
  });
});
