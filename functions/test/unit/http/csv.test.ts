import assert from 'node:assert/strict';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { z } from 'zod';
import { csv, csvRecord, escapeFormulas } from '../../../src/http/csv.ts';
import { textStream } from '../../../src/http/textStream.ts';
import { collect } from '../../support/collect.ts';

async function* each<T>(values: T[]) {
  yield* values;
}

/** What a program does to have the text again. */
const unguarded = (text: string) => text.replace(/((?:^|[;\t\r\n])[\p{Z}\p{C}";]*)'/gu, '$1');

/** Text of what matters to CSV and to spreadsheets, and of everything else. */
const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom(...' \t\r\n\0\u00a0\u200b;,"\'=+-@＝＠|a1é😀') }),
);

describe('a cell of text', () => {
  for (const text of [
    '=1+1',
    '+1',
    '-1',
    '@SUM(1)',
    '=cmd|" /C calc"!A0',
    ' =1',
    '\t=1',
    '\r=1',
    '\n=1',
    '\u00a0=1',
    '\u200b=1',
    '\u0001=1',
    '"=1',
    '＝1',
    '＋1',
    '－1',
    '＠SUM(1)',
  ]) {
    it(`is no formula: ${JSON.stringify(text)}`, () => {
      const at = text.search(/[=+\-@＝＋－＠]/);
      assert.equal(escapeFormulas(text), `${text.slice(0, at)}'${text.slice(at)}`);
    });
  }

  for (const text of ['a;=1', 'a\n=1', 'a\r\n=1', 'a\t=1', 'a;"=1', 'a; =1']) {
    it(`is none either where a spreadsheet divides it: ${JSON.stringify(text)}`, () => {
      assert.equal(escapeFormulas(text), text.replace('=', "'="));
    });
  }

  it('keeps all its digits', () => {
    for (const digits of ['1790000000000000001', '007', '1'])
      assert.equal(escapeFormulas(digits), `'${digits}`);
  });

  it('stays as it is where it is neither', () => {
    const plain = [
      '',
      'Hello',
      'a=1',
      'a,=1',
      '1 of 2',
      'https://x.com/a?b=c',
      '2026-03-01T12:00:00.000Z',
      'it’s',
      "it's",
    ];
    for (const text of plain) assert.equal(escapeFormulas(text), text);
  });

  it('has a readable sign for NUL, which ends a cell for many readers', () => {
    assert.equal(escapeFormulas('a\0b'), 'a\uFFFDb');
  });

  it('is guarded in a time that grows with its length, whatever is in it', () => {
    const startedAt = performance.now();
    for (const piece of ['\n', ';', '"', ' ', '\t;"', '=']) escapeFormulas(piece.repeat(200_000));
    assert.ok(performance.now() - startedAt < 2000);
  });
});

describe('CSV', () => {
  const row = z.object({
    id: z.string(),
    text: z.string().nullable(),
    on: z.boolean(),
    at: z.int().optional(),
  });
  const schema = textStream(row, csv(['on', 'id', 'text', 'at']));
  const a = { id: 'a', text: null, on: true };
  const written = async (values: z.input<typeof row>[]) =>
    (await collect(schema.parse(each(values)).text)).join('');

  it('is a row of names and one row for each value, the columns in the order asked for', async () => {
    const text = await written([a, { id: 'b', text: 'x "y", z', on: false, at: 12 }]);
    assert.equal(text, '\uFEFF"on","id","text","at"\r\ntrue,"a",,\r\nfalse,"b","x ""y"", z",12\r\n');
    assert.equal(schema.parse(each([a])).contentType, 'text/csv; charset=utf-8; header=present');
  });

  it('is a row of names where there is no value', async () => {
    assert.equal(await written([]), '\uFEFF"on","id","text","at"\r\n');
  });

  it('begins no sooner than its first value, so that an error can still be answered', async () => {
    async function* failing() {
      if (Number(a) !== 0) throw new RangeError('the database went away');
      yield a;
    }
    const text = schema.parse(failing()).text[Symbol.asyncIterator]();
    await assert.rejects(text.next(), RangeError);
  });

  it('breaks off at a value that does not fit', async () => {
    await assert.rejects(written([a, { id: 1 } as never]), z.ZodError);
  });

  it('is read back cell by cell, whatever text is in it', () => {
    fc.assert(
      fc.property(fc.array(fc.array(anyText, { minLength: 2, maxLength: 2 }), { minLength: 1 }), (rows) => {
        const text = rows.map(csvRecord).join('');
        const found: string[][] = parse(text, { record_delimiter: '\r\n' });
        const readable = rows.map((cells) => cells.map((cell) => cell.replaceAll('\0', '\uFFFD')));
        assert.deepEqual(
          found.map((cells) => cells.map(unguarded)),
          readable,
        );
      }),
      { numRuns: 2000 },
    );
  });

  it('has no cell that begins as a formula, by whichever separator it is read and with whatever is skipped', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        for (const cell of escapeFormulas(text).split(/[;\t\r\n]/))
          assert.doesNotMatch(cell, /^[\p{Z}\p{C}"]*[=+\-@＝＋－＠]/u);
      }),
      { numRuns: 5000 },
    );
  });
});
