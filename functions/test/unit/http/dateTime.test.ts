import assert from 'node:assert/strict';
import fc from 'fast-check';
import { z } from 'zod';
import { dateTime } from '../../../src/http/dateTime.ts';

const read = (text: unknown) => dateTime().safeParse(text).data;

describe('a date-time', () => {
  it('in the form of RFC 3339 stays as it was sent', () => {
    const strict = z.iso.datetime({ offset: true });
    const digits = (max: number, length = 2) =>
      fc.nat(max).map((value) => String(value).padStart(length, '0'));
    const text = fc
      .tuple(digits(9999, 4), digits(13), digits(32), digits(25), digits(61), digits(61))
      .chain(([year, month, day, hour, minute, second]) =>
        fc
          .constantFrom('', '.5', '.123', '.123456789')
          .chain((fraction) =>
            fc
              .constantFrom('Z', '+00:00', '-00:00', '+02:00', '-11:30', '+14:00')
              .map((offset) => `${year}-${month}-${day}T${hour}:${minute}:${second}${fraction}${offset}`),
          ),
      );
    fc.assert(
      fc.property(text, (text) => assert.equal(read(text), strict.safeParse(text).data)),
      { numRuns: 2000 },
    );
    for (const same of ['2026-03-01T12:00:00Z', '2024-02-29T23:59:59.123456789-11:30'])
      assert.equal(read(same), same);
  });

  it('in another spelling of ISO 8601 is given in the form of RFC 3339', () => {
    const cases: [string, string][] = [
      ['2026-03-01T12:00:00+0000', '2026-03-01T12:00:00+00:00'],
      ['2026-03-01T12:00:00.250-0330', '2026-03-01T12:00:00.250-03:30'],
      ['2026-03-01T12:00:00+02', '2026-03-01T12:00:00+02:00'],
      ['2026-03-01T12:00:00z', '2026-03-01T12:00:00Z'],
      ['2026-03-01t12:00:00Z', '2026-03-01T12:00:00Z'],
      ['2026-03-01 12:00:00Z', '2026-03-01T12:00:00Z'],
      ['2026-03-01T12:00Z', '2026-03-01T12:00:00Z'],
      ['2026-03-01T12:00+0200', '2026-03-01T12:00:00+02:00'],
      ['2026-03-01T12:00:00,5Z', '2026-03-01T12:00:00.5Z'],
    ];
    for (const [text, written] of cases) {
      assert.equal(read(text), written);
      assert.equal(read(written), written, 'it is normalised once');
      assert.ok(!Number.isNaN(Date.parse(written)));
    }
  });

  it('is refused without a zone, on a day or at a time that is not, and in any other form', () => {
    const texts = [
      '2026-03-01',
      '2026-03-01T12:00:00',
      '2026-03-01T12Z',
      '2026-02-30T12:00Z',
      '2026-03-01T24:00z',
    ];
    const others = [
      '2026-03-01T12:00:00+2',
      '2026-03-01T12:00:00+99:99',
      '20260301T120000Z',
      '2026-03-01T12:00:00Z\n',
    ];
    for (const text of [...texts, ...others, '', 'now', ' 2026-03-01T12:00:00Z', 1, null]) {
      assert.equal(read(text), undefined, String(text));
    }
  });

  it('has at most as many characters as it may', () => {
    const short = dateTime({ maxLength: 30 });
    const text = `2026-03-01T12:00:00.${'1'.repeat(9)}Z`;
    assert.equal(short.safeParse(text).data, text);
    assert.equal(short.safeParse(text.replace('Z', '1Z')).success, false);
  });
});
