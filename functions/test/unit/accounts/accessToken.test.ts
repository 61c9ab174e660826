import assert from 'node:assert/strict';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { signAccessToken, verifyAccessToken } from '../../../src/accounts/accessToken.ts';
import { createKeyring } from '../../../src/accounts/keys.ts';

const OLD = 'the old secret of these tests, 32 bytes or more';
const NEW = 'the new secret of these tests, 32 bytes or more';
const caller = {
  userId: 'f81d4fae-7dec-41d0-a765-00a0c91e6bf6',
  sessionId: '0d9c2f3e-1b5a-4c7d-8e6f-123456789abc',
};
const now = new Date('2026-03-01T12:00:00Z');
const later = (seconds: number) => new Date(now.getTime() + seconds * 1000);
const id = '3b241101-e2bb-4255-8caf-4136c566a962';

const sign = (secrets: [string, ...string[]] = [OLD]) =>
  signAccessToken(createKeyring(secrets), caller, { id, now, lifetimeSeconds: 3600 });
const verify = (token: string, secrets: [string, ...string[]] = [OLD], at = now) =>
  verifyAccessToken(createKeyring(secrets), token, at);

describe('an access token', () => {
  it('names its caller', async () => {
    assert.deepEqual(await verify(await sign()), caller);
  });

  it('is a JWT as RFC 9068 has it', async () => {
    const token = await sign();
    const { kid } = createKeyring([OLD]).current;
    const issuedAt = now.getTime() / 1000;
    assert.deepEqual(decodeProtectedHeader(token), { alg: 'HS256', typ: 'at+jwt', kid });
    assert.deepEqual(decodeJwt(token), {
      iss: 'tweet-capture',
      aud: 'tweet-capture-api',
      sub: caller.userId,
      sid: caller.sessionId,
      jti: id,
      iat: issuedAt,
      exp: issuedAt + 3600,
    });
  });

  it('is good until its last second and expired from then on [ASVS 9.2.1]', async () => {
    const token = await sign();
    assert.deepEqual(await verify(token, [OLD], later(3599)), caller);
    await assert.rejects(verify(token, [OLD], later(3600)), { code: 'token_expired' });
    await assert.rejects(verify(token, [OLD], later(86_400)), { code: 'token_expired' });
  });

  it('signed with the previous key is good while that key is kept, and signed anew with the current one', async () => {
    assert.deepEqual(await verify(await sign([OLD]), [NEW, OLD]), caller);
    assert.deepEqual(await verify(await sign([NEW, OLD]), [NEW]), caller);
  });

  it('signed with a key that was removed is refused', async () => {
    await assert.rejects(verify(await sign([OLD]), [NEW]), { code: 'unauthenticated' });
    await assert.rejects(verify(await sign([OLD]), [NEW], later(86_400)), { code: 'unauthenticated' });
  });
});
