import assert from 'node:assert/strict';
import { Failure } from '../../../src/failures.ts';
import { failingClearly, grpcCode } from '../../../src/firebase/errors.ts';

const failing = (error: unknown) =>
  failingClearly<{ read(): Promise<void> }>({
    async read() {
      throw error;
    },
  });
const grpcError = (code: number) => Object.assign(new Error('10.0.0.1:443 said no'), { code });

describe('a store', () => {
  it('gives what its methods give', async () => {
    const store = failingClearly<{ add(a: number, b: number): Promise<number> }>({
      add: async (a: number, b: number) => a + b,
    });
    assert.equal(await store.add(1, 2), 3);
  });

  for (const code of [4, 8, 10, 14]) {
    it(`is unavailable where Firestore fails for now (gRPC ${code}), and keeps why to itself`, async () => {
      const cause = grpcError(code);
      await assert.rejects(failing(cause).read(), (error) => {
        assert.ok(error instanceof Failure);
        assert.equal(error.code, 'unavailable');
        assert.equal(error.cause, cause);
        assert.ok(!error.message.includes('10.0.0.1'));
        return true;
      });
    });
  }

  it('fails as Firestore does with every other error', async () => {
    const errors = [3, 5, 6, 7, 9, 13, 16].map(grpcError);
    for (const error of [...errors, new TypeError('a bug'), undefined, null, 'text']) {
      await assert.rejects(failing(error).read(), (thrown) => thrown === error);
    }
  });
});

describe('the gRPC code of an error', () => {
  it('is what Firestore put there, or nothing', () => {
    assert.equal(grpcCode(grpcError(6)), 6);
    for (const error of [new Error('x'), undefined, null, 'text']) assert.equal(grpcCode(error), undefined);
  });
});
