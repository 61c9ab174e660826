import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Keyring } from './keys.ts';

const PREFIX = 'refresh_';
const BODY_BYTES = 16 + 4;
const MAC_BYTES = 32;
// The last character carries two bits; with the other four set it would be a second spelling of the same token.
const FORM = /^refresh_[A-Za-z0-9_-]{69}[AQgw]$/;

/** The content of a refresh token: its session and its generation in the session's chain, from 1. */
export interface RefreshToken {
  sessionId: string;
  generation: number;
}

/**
 * `refresh_` and base64url of session id (16 bytes), generation (4) and HMAC-SHA-256 over both. The same input
 * gives the same token, so a lost answer can be repeated and nothing usable needs to be stored.
 */
export function issueRefreshToken(keys: Keyring, token: RefreshToken): string {
  const body = Buffer.alloc(BODY_BYTES);
  body.write(token.sessionId.replaceAll('-', ''), 'hex');
  body.writeUInt32BE(token.generation, 16);
  return PREFIX + Buffer.concat([body, mac(keys.current.refreshToken, body)]).toString('base64url');
}

/** Returns the content of a token that one of our keys has signed, otherwise null. */
export function readRefreshToken(keys: Keyring, text: string): RefreshToken | null {
  if (!FORM.test(text)) return null;
  const bytes = Buffer.from(text.slice(PREFIX.length), 'base64url');
  const body = bytes.subarray(0, BODY_BYTES);
  const presented = bytes.subarray(BODY_BYTES, BODY_BYTES + MAC_BYTES);
  if (!keys.all.some((key) => timingSafeEqual(mac(key.refreshToken, body), presented))) return null;
  const hex = body.toString('hex', 0, 16);
  const sessionId = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  return { sessionId, generation: body.readUInt32BE(16) };
}

function mac(key: Uint8Array, body: Uint8Array): Buffer {
  return createHmac('sha256', key).update(body).digest();
}
