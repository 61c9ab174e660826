import assert from 'node:assert/strict';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { z } from 'zod';
import { isStream, isTextStream, jsonLines } from '../../../src/http/textStream.ts';
import { collect } from '../../support/collect.ts';

async function* each<T>(values: T[]) {
  yield* values;
}

describe('JSON Lines', () => {
  const schema = jsonLines(z.object({ name: z.string(), at: z.date().transform((at) => at.toISOString()) }));
  const at = new Date('2026-03-01T12:00:00Z');

  it('are one line of JSON for each value, in their order', async () => {
    const { text } = schema.parse(
      each([
        { name: 'a', at },
        { name: 'b', at },
      ]),
    );
    assert.deepEqual(await collect(text), [
      '{"name":"a","at":"2026-03-01T12:00:00.000Z"}\n',
      '{"name":"b","at":"2026-03-01T12:00:00.000Z"}\n',
    ]);
  });

  it('are nothing where there is no value', async () => {
    assert.deepEqual(await collect(schema.parse(each([])).text), []);
  });

  it('have nothing in them that the schema does not name', async () => {
    const [line] = await collect(schema.parse(each([{ name: 'a', at, passwordHash: 's3cret' }])).text);
    assert.ok(!line?.includes('s3cret'));
  });

  it('break off at a value that does not fit, after those before it', async () => {
    const { text } = schema.parse(each([{ name: 'a', at }, { name: 1, at } as never, { name: 'c', at }]));
    const read: string[] = [];
    await assert.rejects(async () => {
      for await (const line of text) read.push(line);
    }, z.ZodError);
    assert.equal(read.length, 1);
  });

  it('break off where the values do', async () => {
    async function* failing() {
      yield { name: 'a', at };
      throw new RangeError('the database went away');
    }
    await assert.rejects(collect(schema.parse(failing()).text), RangeError);
  });

  it('are written while they are read, no faster', async () => {
    let made = 0;
    async function* endless() {
      for (;;) {
        made += 1;
        yield { name: 'a', at };
      }
    }
    const lines = schema.parse(endless()).text[Symbol.asyncIterator]();
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
    for await (const _ of schema.parse(values()).text) break;
    assert.ok(isOver);
  });

  it('have a line for each value, whatever text is in it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string({ unit: 'binary' })), async (texts) => {
        const written = (await collect(jsonLines(z.string()).parse(each(texts)).text)).join('');
        const lines = written.split('\n');
        assert.equal(lines.pop(), '');
        assert.deepEqual(
          lines.map((line) => JSON.parse(line)),
          texts,
        );
      }),
    );
  });

  it('have no character outside strings or in them that any reader takes for the end of a line', async () => {
    const breaks = '\n\r\v\f\x1c\x1d\x1e\u0085\u2028\u2029';
    const [line = ''] = await collect(jsonLines(z.string()).parse(each([breaks])).text);
    assert.match(line, /^[^\p{Cc}\u2028\u2029]*\n$/u);
    assert.ok(line.includes('\\u0085\\u2028\\u2029'));
    assert.equal(JSON.parse(line), breaks);
    const lines: string[] = [];
    for await (const read of createInterface({ input: Readable.from([line]) })) lines.push(read);
    assert.equal(lines.length, 1);
  });

  it('are made of nothing but values that come one after the other', () => {
    for (const value of [{}, [], { name: 'a', at }])
      assert.throws(() => schema.parse(value as never), z.ZodError);
  });
});

describe('a stream', () => {
  const nothing = [null, undefined, '', 'text', 1, {}, [], ['a'], { text: 'text' }];

  it('is what can be read piece by piece, and no body that is there already', () => {
    assert.ok(isStream(each(['a'])));
    for (const content of nothing) assert.ok(!isStream(content));
  });

  it('of text has a content type', () => {
    const stream = jsonLines(z.string()).parse(each(['a']));
    assert.ok(isTextStream(stream));
    assert.equal(stream.contentType, 'application/x-ndjson; charset=utf-8');
    for (const content of [...nothing, each(['a'])]) assert.ok(!isTextStream(content));
  });
});
