import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createKeyring } from '../../../src/accounts/keys.ts';

const OLD = 'the old secret of these tests, 32 bytes or more';
const NEW = 'the new secret of these tests, 32 bytes or more';
const hex = (bytes: Uint8Array | string) => Buffer.from(bytes).toString('hex');

describe('the keyring', () => {
  const { current } = createKeyring([OLD]);

  it('has another key for each purpose, and each as long as its HMAC', () => {
    assert.notEqual(hex(current.accessToken), hex(current.refreshToken));
    assert.equal(current.accessToken.byteLength, 32);
    assert.equal(current.refreshToken.byteLength, 32);
  });

  it('has other keys and another kid for another secret', () => {
    const other = createKeyring([NEW]).current;
    assert.notEqual(other.kid, current.kid);
    assert.notEqual(hex(other.accessToken), hex(current.accessToken));
    assert.notEqual(hex(other.refreshToken), hex(current.refreshToken));
  });

  it('derives the same from a secret each time, and from one release to the next', () => {
    assert.deepEqual(createKeyring([OLD]).current, current);
    assert.equal(current.kid, 'QexLCy55KfFs');
    assert.equal(hex(current.accessToken).slice(0, 16), '0d78eb00689282cc');
    assert.equal(hex(current.refreshToken).slice(0, 16), '3e20fe2b866d2d72');
  });

  it('has a kid that is no part of the secret, of its hash or of a key', () => {
    const kid = hex(Buffer.from(current.kid, 'base64url'));
    assert.equal(kid.length, 18);
    const secrets = [
      OLD,
      createHash('sha256').update(OLD).digest(),
      current.accessToken,
      current.refreshToken,
    ];
    for (const secret of secrets) {
      assert.ok(!hex(secret).includes(kid));
      assert.ok(!hex(secret).includes(hex(current.kid)));
    }
  });

  it('signs with the first secret and verifies with all', () => {
    const { current, all } = createKeyring([NEW, OLD]);
    assert.deepEqual(current, createKeyring([NEW]).current);
    assert.deepEqual(all, [createKeyring([NEW]).current, createKeyring([OLD]).current]);
  });
});
