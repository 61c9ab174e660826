import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { type StreamPieces, startStream } from '../../../src/http/textStream.ts';
import { collect } from '../../support/collect.ts';

const SOON = 10_000;

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
      assert.deepEqual(await collect(await startStream(each(values), log, SOON)), values);
    }
    assert.deepEqual(lines, []);
  });

  it('is none, where it fails before its first line', async () => {
    const { log, lines, failingAfter } = setUp();
    await assert.rejects(startStream(failingAfter(), log, SOON), RangeError);
    assert.deepEqual(lines, [], 'the error is for the caller to answer');
  });

  it('ends in the middle where it fails later, and says so', async () => {
    const { log, lines, failingAfter } = setUp();
    const read: string[] = [];
    const stream = await startStream(failingAfter('a', 'b'), log, SOON);
    await assert.rejects(async () => {
      for await (const line of stream) read.push(line);
    }, RangeError);
    assert.deepEqual(read, ['a', 'b']);
    assert.deepEqual(lines, [['ERROR', 'stream_failed', { reason: 'RangeError: the database went away' }]]);
  });

  it('lets go of the lines when nobody reads on', async () => {
    const { log, seen, lines, failingAfter } = setUp();
    for await (const _ of await startStream(failingAfter('a', 'b'), log, SOON)) break;
    await new Promise(setImmediate);
    assert.ok(seen.isOver);
    assert.deepEqual(lines, []);
  });

  it('gives its permit back once, at its end, however it ends', async () => {
    const ends = {
      'at its end': async (stream: StreamPieces) => void (await collect(stream)),
      'before it began': async (stream: StreamPieces) => void (await stream.return()),
      'in the middle': async (stream: StreamPieces) => {
        await stream.next();
        await stream.return();
        await stream.return();
      },
    };
    for (const [when, end] of Object.entries(ends)) {
      const { log } = setUp();
      let released = 0;
      const stream = await startStream(each(['a', 'b']), log, SOON, () => {
        released += 1;
      });
      assert.equal(released, 0, when);
      await end(stream);
      assert.equal(released, 1, when);
    }
    const { log, failingAfter } = setUp();
    let released = 0;
    const release = () => {
      released += 1;
    };
    await assert.rejects(startStream(failingAfter(), log, SOON, release));
    const stream = await startStream(failingAfter('a'), log, SOON, release);
    await assert.rejects(collect<string>(stream));
    assert.equal(released, 2);
  });

  describe('whose source goes silent', () => {
    beforeEach(() => mock.timers.enable({ apis: ['setTimeout'] }));
    afterEach(() => mock.timers.reset());

    async function* silentAfter(...values: string[]): AsyncGenerator<string> {
      yield* values;
      await new Promise(() => {});
    }

    it('is an error before its first line, and ends in the middle after it', async () => {
      const { log, lines } = setUp();
      const none = assert.rejects(startStream(silentAfter(), log, SOON), { code: 'unavailable' });
      mock.timers.tick(SOON);
      await none;
      assert.deepEqual(lines, []);

      const stream = await startStream(silentAfter('a'), log, SOON);
      assert.deepEqual(await stream.next(), { done: false, value: 'a' });
      const lost = assert.rejects(stream.next(), { code: 'unavailable' });
      await Promise.resolve();
      mock.timers.tick(SOON);
      await lost;
      assert.deepEqual(
        lines.map((line) => (line as unknown[]).slice(0, 2)),
        [['ERROR', 'stream_failed']],
      );
    });

    it('has as much time for each line', async () => {
      const { log } = setUp();
      async function* slow() {
        for (const line of ['a', 'b', 'c']) {
          await new Promise((resolve) => setTimeout(resolve, SOON - 1));
          yield line;
        }
      }
      const reading = startStream(slow(), log, SOON).then(collect);
      for (let turn = 0; turn < 3; turn += 1) {
        await new Promise(setImmediate);
        mock.timers.tick(SOON - 1);
      }
      assert.deepEqual(await reading, ['a', 'b', 'c']);
    });

    it('can be left, and its source is told', async () => {
      const { log } = setUp();
      let isTold = false;
      const source = {
        [Symbol.asyncIterator]: () => ({
          next: async () => ({ done: false as const, value: 'a' }),
          async return() {
            isTold = true;
            return { done: true as const, value: undefined };
          },
        }),
      };
      const stream = await startStream(source, log, SOON);
      await stream.return();
      assert.ok(isTold);
    });
  });
});
