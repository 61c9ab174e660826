import assert from 'node:assert/strict';
import fc from 'fast-check';
import { z } from 'zod';
import { email, newEmail } from '../../../src/core/email.ts';
import { cpuTimeOf } from '../../support/cpuTime.ts';

const parsed = (text: unknown) => email.safeParse(text).data;
const ofLength = (length: number) => `${'a'.repeat(length - 12)}@example.com`;

describe('an e-mail address', () => {
  it('is one account in whatever letters and with whatever spaces around it', () => {
    for (const text of ['user@example.com', 'User@Example.com', 'USER@EXAMPLE.COM', '  user@example.com ']) {
      assert.equal(parsed(text), 'user@example.com');
    }
  });

  it('may have a tag, dots, digits, an apostrophe, hyphens and subdomains', () => {
    for (const text of ['a.b+tag@example.com', "o'neill_1@mail-2.example.co.uk", 'a@b.co']) {
      assert.equal(parsed(text), text);
    }
  });

  it('may have any atext of RFC 5321 before the @, in words between dots', () => {
    for (const text of [
      'a&b@example.com',
      'a!b@example.com',
      '#a@example.com',
      "!#$%&'*+/=?^_`{|}~-@example.com",
    ])
      assert.equal(parsed(text), text);
    const bad = [
      'a(b)@',
      'a,b@',
      'a:b@',
      'a;b@',
      'a<b>@',
      'a[b]@',
      'a\\b@',
      'a"b@',
      '"a b"@',
      'a.@',
      '.a@',
      'a..b@',
      '@',
    ];
    for (const text of bad) assert.equal(parsed(`${text}example.com`), undefined, text);
  });

  it('may have an internationalised domain, and has it as punycode', () => {
    const cases: [string, string][] = [
      ['User@Bücher.example', 'user@xn--bcher-kva.example'],
      ['user@XN--BCHER-KVA.example', 'user@xn--bcher-kva.example'],
      ['user@例え.テスト', 'user@xn--r8jz45g.xn--zckzah'],
      ['user@example.xn--p1ai', 'user@example.xn--p1ai'],
      ['user@пример.рф', 'user@xn--e1afmkfd.xn--p1ai'],
      ['user@ｅｘａｍｐｌｅ。com', 'user@example.com'],
      [' user@faß.de ', 'user@xn--fa-hia.de'],
    ];
    for (const [text, address] of cases) {
      assert.equal(parsed(text), address);
      assert.equal(parsed(address), address, 'it is the normalised one already');
    }
  });

  it('has a host name for a domain, without what a URL may have beside it', () => {
    const domains = [
      'ü/x.com',
      'ü:80',
      'ü%41.com',
      'ü?.com',
      'ü#.com',
      'me@ü.com',
      '[::1]',
      '127.0.0.1',
      '１２７.0.0.1',
    ];
    for (const domain of [
      ...domains,
      'a_b.com',
      '-a.com',
      'a.b-',
      'example.com.',
      'ü.com\u2028',
      'ü\u00a0.com',
      'ü\n.com',
    ])
      assert.equal(parsed(`user@${domain}`), undefined, domain);
  });

  it('has at most 64 characters before the @ and 63 in a label where an account is new', () => {
    const [local, label] = ['a'.repeat(64), 'b'.repeat(63)];
    for (const text of [`${local}@example.com`, `user@${label}.${label}.com`]) {
      assert.equal(newEmail.safeParse(text).data, text);
    }
    for (const text of [
      `a${local}@example.com`,
      `user@b${label}.com`,
      'user@a-.com',
      `user@example.${label}c`,
    ]) {
      assert.equal(newEmail.safeParse(text).success, false, text);
      assert.equal(parsed(text), text, 'an older account may have it');
    }
    assert.equal(newEmail.safeParse('nobody').error?.issues.length, 1);
  });

  it('is the same as before for every account that there may be', () => {
    const before = z.string().trim().toLowerCase().max(254).pipe(z.email());
    const letters = "abzAZ09.!#&'*+-_=@ ";
    const addresses = fc
      .tuple(
        fc.string({ unit: fc.constantFrom(...letters), maxLength: 80 }),
        fc.string({ unit: fc.constantFrom(...'aZ0-.') }),
      )
      .map(([local, domain]) => `${local}@${domain}.com`);
    fc.assert(
      fc.property(fc.oneof(addresses, fc.emailAddress()), (text) => {
        const { data } = before.safeParse(text);
        if (data !== undefined) assert.equal(parsed(text), data);
      }),
      { numRuns: 5000 },
    );
  });

  it('is read in linear time', () => {
    const spent = cpuTimeOf(() => {
      const distinct = Array.from({ length: 20_000 }, (_, index) => String.fromCharCode(0x4e00 + index)).join(
        '',
      );
      parsed(`a@${distinct}.com`);
      for (const part of ['\u0301\u0323', ' ', 'a.', '@', 'a@', 'a-', '.', 'ü']) {
        parsed(`a@${part.repeat(32_000)}`);
        parsed(`${part.repeat(32_000)}@example.com`);
        parsed(`a@${part.repeat(500)}`);
      }
    });
    assert.ok(spent < 2000, `${spent} ms`);
  });

  it('is the normalised one already when it is normalised again', () => {
    const once = parsed(' Some.One+TAG@Example.COM ');
    assert.equal(parsed(once), once);
  });

  it('is ASCII before the @: no letter may turn into another one by lower-casing', () => {
    const kelvin = '\u212a';
    const dottedI = '\u0130';
    assert.equal(kelvin.toLowerCase(), 'k', 'which is why it is refused');
    const addresses = [`${kelvin}im@example.com`, `${dottedI}van@example.com`, 'ｕｓｅｒ@example.com'];
    for (const text of [...addresses, 'jürgen@bücher.example', 'user\u200b@example.com']) {
      const { error } = email.safeParse(text);
      const messages = error?.issues.map(({ message }) => message);
      assert.deepEqual(messages, ['must have nothing but ASCII before the @'], text);
    }
  });

  it('has no line breaks, tabs or NUL, not even around it', () => {
    const addresses = [
      'user@example.com\n',
      '\r\nuser@example.com',
      'user@example.com\r\nBcc: other@example.com',
      'user@example.com\u2028',
      '\tuser@example.com',
      'user@example.com\0',
      'us er@example.com',
    ];
    for (const text of addresses) assert.equal(parsed(text), undefined, JSON.stringify(text));
  });

  it('has at most 254 characters, not counting spaces around it', () => {
    assert.equal(parsed(ofLength(254)), ofLength(254));
    assert.equal(parsed(`  ${ofLength(254)}  `), ofLength(254));
    assert.equal(parsed(ofLength(255)), undefined);
  });

  it('has a local part, one @ and a domain', () => {
    const addresses = ['', ' ', '@', 'user', 'user@', '@example.com', 'user@example', 'a@b@example.com'];
    for (const text of [
      ...addresses,
      'user@.com',
      'user@example..com',
      '.user@example.com',
      'a..b@example.com',
    ]) {
      assert.equal(parsed(text), undefined, text);
    }
  });

  it('is a string', () => {
    for (const value of [null, undefined, 1, true, ['user@example.com'], { toString: () => 'a@b.co' }]) {
      assert.equal(parsed(value), undefined);
    }
  });
});
