import { z } from 'zod';
import type { Passwords } from '../ports.ts';
import { isCommonPassword } from './commonPasswords.ts';

const described = {
  format: 'password',
  maxLength: 72,
  pattern: '^[^\\u0000]*$',
  examples: ['Correct-horse-1'],
};

/** bcrypt reads 72 bytes and stops at a NUL; what it would silently ignore is refused, never cut off. */
export const presentedPassword = z
  .string()
  .min(1, 'must not be empty')
  .refine((text) => Buffer.byteLength(text) <= 72, 'must be at most 72 bytes in UTF-8')
  .refine((text) => !text.includes('\0'), 'must not contain NUL')
  .refine((text) => text.isWellFormed(), 'must be well-formed Unicode')
  .meta({ ...described, description: 'At most 72 bytes in UTF-8' });

export const newPassword = presentedPassword
  .refine((text) => [...text].length >= 8, 'must be at least 8 characters')
  .refine((text) => /[A-Z]/.test(text), 'must contain an upper-case letter')
  .refine((text) => /[a-z]/.test(text), 'must contain a lower-case letter')
  .refine((text) => /[0-9]/.test(text), 'must contain a digit')
  .refine((text) => !isCommonPassword(text), 'is one of the most common passwords; choose another')
  .meta({
    ...described,
    description: 'At most 72 bytes in UTF-8; none of the most common ones',
    minLength: 8,
    pattern: '^(?=[^a-z]*[a-z])(?=[^A-Z]*[A-Z])(?=[^0-9]*[0-9])[^\\u0000]*$',
  });

interface Bcrypt {
  hash(password: string, cost: number): Promise<string>;
  compare(password: string, hash: string): Promise<boolean>;
}

/** The hash of a random password that nobody has, at cost 12: what an unknown e-mail is compared with. */
const NOBODYS_HASH = '$2b$12$P2RFynGssSENYWG9k2KiAO/KX8MaTsk2ymezNATO3Bjls58M4kA/m';

/** Passwords by bcrypt. One compare per sign-in, whether the e-mail is known or not. */
export function createPasswords(bcrypt: Bcrypt, cost: number): Passwords {
  return {
    hash: (password) => bcrypt.hash(password, cost),
    async matches(password, hash) {
      const equal = await bcrypt.compare(password, hash ?? NOBODYS_HASH);
      return equal && hash !== null;
    },
  };
}
