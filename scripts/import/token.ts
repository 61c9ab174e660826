import { readFileSync } from 'node:fs';
import { Failure } from '../lib/command.mjs';
import { utf16 } from './utf16.ts';

/** The refresh token in a file: of any encoding that Windows writes, with or without quotes. */
export function tokenInFile(path: string): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw new Failure(`${path} cannot be read: ${(error as Error).message}`);
  }
  return refreshToken(new TextDecoder(utf16(bytes) ?? 'utf-8').decode(bytes), path);
}

/** A token alone: blanks, line ends and quotes around it are dropped. */
export function refreshToken(text: string, place: string): string {
  const token = text
    .trim()
    .replace(/^(["'])(.*)\1$/s, '$2')
    .trim();
  if (/^refresh_[A-Za-z0-9_-]+$/.test(token)) return token;
  throw new Failure(`${place} holds no refresh token. Expected is one line that starts with refresh_`);
}
