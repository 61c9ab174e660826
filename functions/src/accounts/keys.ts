import { hkdfSync } from 'node:crypto';

/** The keys that are derived from one secret. They never leave the process. */
export interface Key {
  /** Names the key in a JWT header. It is derived, so it reveals nothing about the secret. */
  kid: string;
  accessToken: Uint8Array;
  refreshToken: Uint8Array;
  /** Hides the addresses of sign-ins. */
  address: Uint8Array;
}

export interface Keyring {
  /** Signs. */
  current: Key;
  /** Verify: the current one and, during a rotation, the previous one. */
  all: Key[];
}

/** One key per purpose from each secret by HKDF-SHA-256 (RFC 5869) with the purpose as its info. */
export function createKeyring(secrets: [string, ...string[]]): Keyring {
  const [current, ...previous] = secrets;
  const key = deriveKey(current);
  return { current: key, all: [key, ...previous.map(deriveKey)] };
}

function deriveKey(secret: string): Key {
  const derive = (purpose: string, bytes: number) =>
    new Uint8Array(hkdfSync('sha256', secret, '', `tweet-capture ${purpose}`, bytes));
  return {
    kid: Buffer.from(derive('key id', 9)).toString('base64url'),
    accessToken: derive('access token', 32),
    refreshToken: derive('refresh token', 32),
    address: derive('address', 32),
  };
}
