import assert from 'node:assert/strict';
import { email } from '../../../src/accounts/account.ts';

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

  it('is the normalised one already when it is normalised again', () => {
    const once = parsed(' Some.One+TAG@Example.COM ');
    assert.equal(parsed(once), once);
  });

  it('is ASCII: no letter may turn into another one by lower-casing', () => {
    const kelvin = '\u212a';
    const dottedI = '\u0130';
    assert.equal(kelvin.toLowerCase(), 'k', 'which is why it is refused');
    const addresses = [`${kelvin}im@example.com`, `${dottedI}van@example.com`, 'ｕｓｅｒ@example.com'];
    for (const text of [
      ...addresses,
      'jürgen@example.com',
      'user@bücher.example',
      'user\u200b@example.com',
    ]) {
      assert.equal(parsed(text), undefined, text);
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
