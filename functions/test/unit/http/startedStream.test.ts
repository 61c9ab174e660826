import assert from 'node:assert/strict';
import { started } from '../../../src/http/textStream.ts';
import { collect } from '../../support/collect.ts';

async function* each<T>(values: T[]) {
  yield* values;
}

describe('a stream that is started', () => {
  const setUp = () => {
    const lines: unknown[] = [];
    const log = (...line: unknown[]) => void lines.push(line);
    const seen = { isOver: false };
    async function* failingAfter(...values: string[]) {
      try {
        yield* values;
        throw new RangeError('the database went away');
      } finally {
        seen.isOver = true;
      }
    }
    return { lines, log, seen, failingAfter };
  };

  it('has the same lines', async () => {
    const { log, lines } = setUp();
    for (const values of [[], ['a'], ['a', 'b', 'c']]) {
      assert.deepEqual(await collect(await started(each(values), log)), values);
    }
    assert.deepEqual(lines, []);
  });

  it('is none, where it fails before its first line', async () => {
    const { log, lines, failingAfter } = setUp();
    await assert.rejects(started(failingAfter(), log), RangeError);
    assert.deepEqual(lines, [], 'the error is for the caller to answer');
  });

  it('ends in the middle where it fails later, and says so', async () => {
    const { log, lines, failingAfter } = setUp();
    const read: string[] = [];
    const stream = await started(failingAfter('a', 'b'), log);
    await assert.rejects(async () => {
      for await (const line of stream) read.push(line);
    }, RangeError);
    assert.deepEqual(read, ['a', 'b']);
    assert.deepEqual(lines, [['ERROR', 'stream_failed', { reason: 'RangeError: the database went away' }]]);
  });

  it('lets go of the lines when nobody reads on', async () => {
    const { log, seen, lines, failingAfter } = setUp();
    for await (const _ of await started(failingAfter('a', 'b'), log)) break;
    assert.ok(seen.isOver);
    assert.deepEqual(lines, []);
  });
});
