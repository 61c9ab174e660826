import assert from 'node:assert/strict';
import fc from 'fast-check';
import { z } from 'zod';
import { isStream, jsonLines } from '../../../src/http/jsonLines.ts';
import { collect } from '../../support/collect.ts';

async function* each<T>(values: T[]) {
  yield* values;
}

describe('JSON Lines', () => {
  const schema = jsonLines(z.object({ name: z.string(), at: z.date().transform((at) => at.toISOString()) }));
  const at = new Date('2026-03-01T12:00:00Z');

  it('are one line of JSON for each value, in their order', async () => {
    const lines = schema.parse(
      each([
        { name: 'a', at },
        { name: 'b', at },
      ]),
    );
    assert.deepEqual(await collect(lines), [
      '{"name":"a","at":"2026-03-01T12:00:00.000Z"}\n',
      '{"name":"b","at":"2026-03-01T12:00:00.000Z"}\n',
    ]);
  });

  it('are nothing where there is no value', async () => {
    assert.deepEqual(await collect(schema.parse(each([]))), []);
  });

  it('have nothing in them that the schema does not name', async () => {
    const [line] = await collect(schema.parse(each([{ name: 'a', at, passwordHash: 's3cret' }])));
    assert.ok(!line?.includes('s3cret'));
  });

  it('break off at a value that does not fit, after those before it', async () => {
    const lines = schema.parse(each([{ name: 'a', at }, { name: 1, at } as never, { name: 'c', at }]));
    const read: string[] = [];
    await assert.rejects(async () => {
      for await (const line of lines) read.push(line);
    }, z.ZodError);
    assert.equal(read.length, 1);
  });

  it('break off where the values do', async () => {
    async function* failing() {
      yield { name: 'a', at };
      throw new RangeError('the database went away');
    }
    await assert.rejects(collect(schema.parse(failing())), RangeError);
  });

  it('are written while they are read, no faster', async () => {
    let made = 0;
    async function* endless() {
      for (;;) {
        made += 1;
        yield { name: 'a', at };
      }
    }
    const lines = schema.parse(endless())[Symbol.asyncIterator]();
    assert.equal(made, 0);
    await lines.next();
    await lines.next();
    assert.equal(made, 2);
  });

  it('let go of the values when nobody reads on', async () => {
    let isOver = false;
    async function* values() {
      try {
        for (;;) yield { name: 'a', at };
      } finally {
        isOver = true;
      }
    }
    for await (const _ of schema.parse(values())) break;
    assert.ok(isOver);
  });

  it('have a line for each value, whatever text is in it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string({ unit: 'binary' })), async (texts) => {
        const written = (await collect(jsonLines(z.string()).parse(each(texts)))).join('');
        const lines = written.split('\n');
        assert.equal(lines.pop(), '');
        assert.deepEqual(
          lines.map((line) => JSON.parse(line)),
          texts,
        );
      }),
    );
  });

  it('are made of nothing but values that come one after the other', () => {
    for (const value of [{}, [], { name: 'a', at }])
      assert.throws(() => schema.parse(value as never), z.ZodError);
  });
});

describe('a stream', () => {
  it('is what can be read piece by piece, and no body that is there already', () => {
    assert.ok(isStream(jsonLines(z.string()).parse(each(['a']))));
    for (const content of [null, undefined, '', 'text', 1, {}, [], ['a']]) assert.ok(!isStream(content));
  });
});
