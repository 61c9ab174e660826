import assert from 'node:assert/strict';
import bcrypt from 'bcryptjs';
import { commonPasswords, isCommonPassword } from '../../../src/accounts/commonPasswords.ts';
import {
  BCRYPT_COST,
  BCRYPT_PERMITS,
  createPasswords,
  newPassword,
  presentedPassword,
} from '../../../src/accounts/password.ts';
import { createSemaphore } from '../../../src/core/semaphore.ts';
import { cpuTimeOf } from '../../support/cpuTime.ts';

const accepts = (text: string) => newPassword.safeParse(text).success;

describe('a new password', () => {
  it('has at least 8 characters, among them an upper-case letter, a lower-case letter and a digit [ASVS 6.2.1]', () => {
    assert.ok(accepts('Abcxyzw1'));
    for (const text of ['Abcxyz1', 'abcxyzw1', 'ABCXYZW1', 'Abcxyzwv', '12345678', '']) {
      assert.ok(!accepts(text), text);
    }
  });

  it('counts characters, not UTF-16 units', () => {
    assert.ok(!accepts('Aa1😀😀😀😀'));
    assert.ok(accepts('Aa1😀😀😀😀😀'));
  });

  it('takes letters and digits of ASCII only for the three kinds, and anything beside them', () => {
    assert.ok(!accepts('Äbcdefg1'));
    assert.ok(!accepts('Abcdefg١'));
    assert.ok(accepts(' Abc\tdéf\n日本 1 '));
  });

  it('has at most 72 bytes in UTF-8, as many as bcrypt reads', () => {
    assert.ok(accepts('Aa1'.padEnd(72, 'x')));
    assert.ok(!accepts('Aa1'.padEnd(73, 'x')));
    assert.ok(accepts(`Aa1${'é'.repeat(34)}x`), '72 bytes in 38 characters');
    assert.ok(!accepts(`Aa1${'é'.repeat(35)}`), '73 bytes in 38 characters');
    assert.ok(accepts(`Aa1x${'😀'.repeat(17)}`), '72 bytes in 21 characters');
    assert.ok(!accepts(`Aa1xx${'😀'.repeat(17)}`), '73 bytes in 22 characters');
  });

  it('is no text with a NUL, where bcrypt would stop reading', () => {
    for (const text of ['Abcdefg1\0', '\0Abcdefg1', 'Abcd\0efg1']) assert.ok(!accepts(text));
  });

  it('is no text with a lone surrogate, which has no bytes of its own', () => {
    for (const text of ['Abcdefg1\ud800', '\udc00Abcdefg1', 'Abc\ude00\ud83ddefg1'])
      assert.ok(!accepts(text));
  });

  it('is taken in Unicode NFC, and else as it is: not trimmed, not lower-cased', () => {
    for (const text of [' Abcdefg1 ', 'Abcdefg1\u00e9']) assert.equal(newPassword.parse(text), text);
    assert.equal(newPassword.parse('Abcdefg1e\u0301'), 'Abcdefg1\u00e9');
    assert.ok(!accepts('A1e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301'), 'no letter of a–z is left');
    assert.ok(!accepts('Abc1e\u0301e\u0301'), '6 characters');
  });

  it('has at most 72 bytes in NFC, however many it is sent in', () => {
    const decomposed = `Aa1${'\u01d5'.repeat(34)}x`.normalize('NFD');
    assert.ok(Buffer.byteLength(decomposed) > 150);
    assert.equal(Buffer.byteLength(newPassword.parse(decomposed)), 72);
    assert.ok(!accepts(`Aa1${'\u0958'.repeat(20)}`), '63 bytes that are 123 in NFC');
  });

  it('says which letters and digits it means', () => {
    const messages = newPassword.safeParse('日本日本日本日本').error?.issues.map(({ message }) => message);
    assert.deepEqual(messages, [
      'must contain an upper-case letter (A–Z)',
      'must contain a lower-case letter (a–z)',
      'must contain a digit (0–9)',
    ]);
  });
});

describe('a common password', () => {
  const REFUSED = 'is one of the most common passwords. Choose another one';
  const refusals = (text: string) => newPassword.safeParse(text).error?.issues.map(({ message }) => message);

  it('is no new password, in whatever case', () => {
    for (const text of ['Password1', 'pASSWORD123', 'Passw0rd', 'Qwerty123', '1Qaz2Wsx', 'ABCd1234']) {
      assert.deepEqual(refusals(text), [REFUSED], text);
    }
  });

  it('is not merely one with a common word in it', () => {
    for (const text of ['Correct-horse-1', 'Password1 of mine', ' Passw0rd']) assert.ok(accepts(text), text);
  });

  it('is one of at least 3000 that only this rule refuses [ASVS 6.2.4]', () => {
    assert.ok(commonPasswords().size >= 3000);
    for (const text of commonPasswords()) {
      assert.deepEqual(refusals(text.replace(/[a-z]/, (letter) => letter.toUpperCase())), [REFUSED], text);
    }
  });

  it('still signs in, where the account is older than this rule', () => {
    assert.ok(isCommonPassword('Password1'));
    assert.ok(presentedPassword.safeParse('Password1').success);
  });
});

describe('a presented password', () => {
  it('may break the rules for new ones, since the account may be older than they are', () => {
    assert.ok(presentedPassword.safeParse('x').success);
  });

  it('is refused where bcrypt would ignore a part of it', () => {
    for (const text of ['', 'x'.repeat(73), 'é'.repeat(37), 'Abcdefg1\0x', '\ud800']) {
      assert.ok(!presentedPassword.safeParse(text).success, JSON.stringify(text));
    }
  });
});

describe('comparing a password', () => {
  const semaphore = createSemaphore(BCRYPT_PERMITS);
  const compared: { password: string; hash: string }[] = [];
  const recording = {
    hash: bcrypt.hash,
    async compare(password: string, hash: string) {
      compared.push({ password, hash });
      return true;
    },
  };
  beforeEach(() => compared.splice(0));

  it('is the same work for a known and an unknown e-mail: one compare at one cost [ASVS 11.4.2]', async () => {
    const passwords = createPasswords(recording, BCRYPT_COST, semaphore);
    const hash = await passwords.hash('Correct-horse-1');
    assert.equal(await passwords.matches('Correct-horse-1', hash), true);
    assert.equal(await passwords.matches('Correct-horse-1', null), false);
    assert.deepEqual(
      compared.map(({ password }) => password),
      ['Correct-horse-1', 'Correct-horse-1'],
    );
    const [known, unknown] = compared.map((call) => call.hash);
    assert.equal(known, hash);
    assert.equal(bcrypt.getRounds(known ?? ''), 12);
    assert.equal(bcrypt.getRounds(unknown ?? ''), 12);
    assert.equal(unknown?.length, known?.length);
  });

  const COMPOSED = 'Correct-h\u00f6rse-1';
  const DECOMPOSED = COMPOSED.normalize('NFD');

  it('is the same password composed or decomposed, once it was hashed in NFC', async () => {
    const passwords = createPasswords(bcrypt, 4, semaphore);
    const hash = await passwords.hash(newPassword.parse(DECOMPOSED));
    for (const text of [COMPOSED, DECOMPOSED]) assert.equal(await passwords.matches(text, hash), true);
    assert.equal(await passwords.matches('Correct-horse-1', hash), false);
  });

  it('still fits a hash of an older account, which was made of the text as it was sent', async () => {
    const passwords = createPasswords(bcrypt, 4, semaphore);
    assert.equal(await passwords.matches(DECOMPOSED, await bcrypt.hash(DECOMPOSED, 4)), true);
    const longer = 'Aa1'.padEnd(72, '\u0958');
    const fitting = `Aa1${'\u0958'.repeat(23)}`;
    assert.equal(Buffer.byteLength(fitting), 72);
    assert.ok(presentedPassword.safeParse(fitting).success && !presentedPassword.safeParse(longer).success);
    assert.equal(await passwords.matches(fitting, await bcrypt.hash(fitting, 4)), true);
  });

  it('compares as often for a known and an unknown e-mail, whatever the form of the password', async () => {
    const failing = {
      hash: bcrypt.hash,
      compare: async (password: string, hash: string) => compared.push({ password, hash }) < 0,
    };
    const passwords = createPasswords(failing, BCRYPT_COST, semaphore);
    for (const [password, forms] of [
      [COMPOSED, [COMPOSED]],
      [DECOMPOSED, [COMPOSED, DECOMPOSED]],
    ] as const) {
      for (const hash of ['$2b$12$known', null]) {
        compared.splice(0);
        assert.equal(await passwords.matches(password, hash), false);
        assert.deepEqual(
          compared.map((call) => call.password),
          forms,
        );
      }
    }
  });

  it('never gives bcrypt more than the 72 bytes that it reads', async () => {
    const passwords = createPasswords(recording, 4, semaphore);
    await passwords.matches(`Aa1${'\u0958'.repeat(23)}`, '$2b$04$x');
    await passwords.matches(`Aa1${'\u01d5'.repeat(34)}x`.normalize('NFD'), '$2b$04$x');
    for (const { password } of compared) assert.equal(Buffer.byteLength(password), 72);
  });

  it('does not normalise a text that is far too long', () => {
    const text = `a${'\u0301\u0323'.repeat(15_000)}`;
    const spent = cpuTimeOf(() => {
      for (const rule of [presentedPassword, newPassword]) assert.ok(!rule.safeParse(text).success);
    });
    assert.ok(spent < 2000, `${spent} ms`);
  });

  it('tells the right password from a wrong one, and no password fits no account', async () => {
    const passwords = createPasswords(bcrypt, 4, semaphore);
    const hash = await passwords.hash('Correct-horse-1');
    assert.equal(await passwords.matches('Correct-horse-1', hash), true);
    assert.equal(await passwords.matches('correct-horse-1', hash), false);
    assert.equal(await passwords.matches('Correct-horse-1', null), false);
  });

  it('salts: the same password has another hash each time', async () => {
    const passwords = createPasswords(bcrypt, 4, semaphore);
    assert.notEqual(await passwords.hash('Correct-horse-1'), await passwords.hash('Correct-horse-1'));
  });

  it('takes turns with hashing: one at a time fills a CPU, and what waits too long in line is refused', async () => {
    const { promise: done, resolve: finish } = Promise.withResolvers<void>();
    let working = 0;
    const work = async () => {
      working += 1;
      await done;
      working -= 1;
    };
    const slow = {
      hash: async () => {
        await work();
        return 'hash';
      },
      compare: async () => {
        await work();
        return true;
      },
    };
    const settings = { ...BCRYPT_PERMITS, permits: 1, maxWaiting: 1 };
    const passwords = createPasswords(slow, 4, createSemaphore(settings));
    const first = passwords.hash('Correct-horse-1');
    const second = passwords.matches('Correct-horse-1', 'hash');
    await assert.rejects(passwords.matches('Correct-horse-1', null), { code: 'unavailable' });
    assert.equal(working, 1);
    finish();
    assert.deepEqual(await Promise.all([first, second]), ['hash', true]);
  });
});
