import { readFileSync } from 'node:fs';
import { CliError } from '../cli/errors.mjs';
import { utf16 } from './utf16.ts';

/** Reads the refresh token in a file, in any encoding that Windows writes. Throws CliError. */
export function tokenInFile(path: string): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw new CliError(`Cannot read ${path}: ${(error as Error).message}`);
  }
  return refreshToken(new TextDecoder(utf16(bytes) ?? 'utf-8').decode(bytes), path);
}

/** A refresh token without the blanks, line ends and quotes around it. Throws CliError. */
export function refreshToken(text: string, place: string): string {
  const token = text
    .trim()
    .replace(/^(["'])(.*)\1$/s, '$2')
    .trim();
  if (/^refresh_[A-Za-z0-9_-]+$/.test(token)) return token;
  throw new CliError(`${place} contains no refresh token. Expected: one line that starts with refresh_`);
}
