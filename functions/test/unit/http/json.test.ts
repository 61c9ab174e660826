import assert from 'node:assert/strict';
import fc from 'fast-check';
import { z } from 'zod';
import { DEFAULT_BODY } from '../../../src/http/endpoint.ts';
import { parseJson, type RawBody, readJsonBytes, validate } from '../../../src/http/json.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const ofSize = (size: number) => bytes(`"${'x'.repeat(size - 2)}"`);
const JSON_TYPE = 'application/json';
const LIMIT = DEFAULT_BODY.limitBytes;
const read = async (type: string | undefined, body: RawBody, limitBytes: number = LIMIT) =>
  parseJson(await readJsonBytes(type, async () => body, { limitBytes, deadlineMs: 2000 }));

describe('reading a JSON body', () => {
  it('gives the value that was sent', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (value) => {
        const text = JSON.stringify(value);
        assert.deepEqual(await read(JSON_TYPE, bytes(text)), JSON.parse(text));
      }),
    );
  });

  it('takes application/json in UTF-8, in whatever spelling', async () => {
    const types = ['application/json; charset=utf-8', 'Application/JSON;charset=UTF-8'];
    for (const type of [...types, ' application/json ', 'application/json ; charset="utf-8"']) {
      assert.deepEqual(await read(type, bytes('{}')), {});
    }
  });

  it('takes any label of UTF-8, and ignores other parameters and empty ones', async () => {
    const types = [
      'application/json; charset=utf8',
      'application/json; charset="UTF8"',
      'application/json;',
      'application/json; ;',
      'application/json; charset=',
      'application/json; charset=""',
      'application/json;charset',
      'application/json; version=1; profile="a;b"',
      'application/json; q="charset=utf-16\\";"; Charset=Utf-8',
      'APPLICATION/JSON;CHARSET=UTF-8;x=y',
    ];
    for (const type of types) assert.deepEqual(await read(type, bytes('{}')), {}, type);
  });

  it('takes no other type, charset or encoding', async () => {
    const types = ['', 'text/plain', 'text/json', 'application/jsonp', 'application/x-www-form-urlencoded'];
    const others = [
      'multipart/form-data; boundary=x',
      'application/json; charset=latin1',
      'application/json; x="; charset=utf-8"; charset=utf-16',
      'application/json; charset=utf-8x',
      'json',
      'application/',
      'application/json, x',
    ];
    for (const type of [
      undefined,
      ...types,
      ...others,
      'application/merge-patch+json',
      'application/json x',
    ]) {
      await assert.rejects(read(type, bytes('{}')), { code: 'unsupported_media_type' }, type);
    }
    await assert.rejects(read(JSON_TYPE, 'encoded'), { code: 'unsupported_media_type' });
  });

  it('takes 64 KiB and not a byte more', async () => {
    assert.equal(LIMIT, 65_536);
    assert.equal(await read(JSON_TYPE, ofSize(65_536)), 'x'.repeat(65_534));
    await assert.rejects(read(JSON_TYPE, ofSize(65_537)), { code: 'payload_too_large' });
    await assert.rejects(read(JSON_TYPE, 'too_large'), { code: 'payload_too_large' });
  });

  it('takes more where the limit is another', async () => {
    assert.equal(await read(JSON_TYPE, ofSize(65_537), 65_537), 'x'.repeat(65_535));
    await assert.rejects(read(JSON_TYPE, ofSize(65_538), 65_537), { code: 'payload_too_large' });
  });

  it('takes valid JSON only', async () => {
    const texts = ['', ' ', '{', '{"a":1,}', "{'a':1}", '{a:1}', '[1,]', 'NaN', 'undefined', '01', '1 2'];
    for (const text of [...texts, '// x\n1', '"\n"', '{"a":1}x', '"\\x"', '\u00a0{}', '\0']) {
      await assert.rejects(read(JSON_TYPE, bytes(text)), { code: 'malformed_json' }, JSON.stringify(text));
    }
  });

  it('takes valid UTF-8 only, and replaces nothing', async () => {
    const invalid = [[0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xe2, 0x82], [0xf5, 0x80, 0x80, 0x80]];
    for (const sequence of invalid) {
      const body = Uint8Array.from([0x22, ...sequence, 0x22]);
      await assert.rejects(read(JSON_TYPE, body), { code: 'malformed_json' }, String(sequence));
    }
    const utf16 = Buffer.from('\ufeff{}', 'utf16le');
    await assert.rejects(read(JSON_TYPE, utf16), { code: 'malformed_json' });
  });

  it('is not brought down by a body that is nothing but brackets', async () => {
    for (const bracket of ['[', '{"a":', '[[[{"":']) {
      const body = bytes(bracket.repeat(DEFAULT_BODY.limitBytes / bracket.length - 1));
      await assert.rejects(read(JSON_TYPE, body), { code: 'malformed_json' });
    }
    const nested = `${'['.repeat(30_000)}${']'.repeat(30_000)}`;
    assert.ok(Array.isArray(await read(JSON_TYPE, bytes(nested))));
  });

  it('does not read what is not JSON', async () => {
    const readBody = () => assert.fail('It was read.');
    const reading = readJsonBytes('text/plain', readBody, { limitBytes: LIMIT, deadlineMs: 2000 });
    await assert.rejects(reading, { code: 'unsupported_media_type' });
  });

  it('says that the body came too late, and how long it may take', async () => {
    const message = 'The body did not arrive within 2 s.';
    await assert.rejects(read(JSON_TYPE, 'incomplete'), { code: 'request_timeout', message });
  });
});

describe('validating a value', () => {
  const schema = z.object({
    name: z
      .string()
      .regex(/^[a-z]+$/, 'must be lower-case')
      .max(3, 'must be short'),
    inner: z.object({ list: z.array(z.int('must be whole')) }),
    kind: z.enum(['a', 'b']),
  });
  const fieldsOf = (value: unknown) => {
    try {
      return validate(schema, value) && [];
    } catch (error) {
      return (error as { fields: unknown }).fields;
    }
  };

  it('gives what the schema makes of it', () => {
    const value = { name: 'abc', inner: { list: [1] }, kind: 'a' };
    assert.deepEqual(validate(schema, { ...value, more: true }), value);
  });

  it('fails with one entry for each field, by its dotted path', () => {
    assert.deepEqual(fieldsOf({ name: 'TOO LONG', inner: { list: [1, 'x', 2.5] } }), [
      { path: 'name', message: 'must be lower-case' },
      { path: 'inner.list.1', message: 'must be whole' },
      { path: 'inner.list.2', message: 'must be whole' },
      { path: 'kind', message: 'is not valid' },
    ]);
  });

  it('says in words of its own what is missing or of the wrong type', () => {
    assert.deepEqual(fieldsOf({ name: 1, kind: 'a' }), [
      { path: 'name', message: 'must be of type string' },
      { path: 'inner', message: 'is required' },
    ]);
    assert.deepEqual(fieldsOf(null), [{ path: '', message: 'must be of type object' }]);
    assert.deepEqual(fieldsOf([]), [{ path: '', message: 'must be of type object' }]);
  });

  it('never repeats what was sent', () => {
    for (const value of ['s3cret', ['s3cret'], { s3cret: 's3cret' }]) {
      const fields = fieldsOf({ name: value, inner: { list: value }, kind: value });
      assert.ok(!JSON.stringify(fields).includes('s3cret'));
    }
  });
});
