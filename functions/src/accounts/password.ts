import { z } from 'zod';
import type { Semaphore } from '../core/semaphore.ts';
import { isCommonPassword } from './commonPasswords.ts';
import type { Passwords } from './ports.ts';

export const BCRYPT_COST = 12;
/** One at a time, because two on one CPU only take twice as long each. Thirty-two take about 10 s. */
export const BCRYPT_PERMITS = { permits: 1, maxWaiting: 32, timeoutMs: 15_000, retryAfterSeconds: 5 };

const MAX_BYTES = 72;
/**
 * Longer texts are not normalized, because that takes more than linear time. 72 bytes of NFC are at most 36 characters such
 * as Ǖ, each of which decomposes into 3.
 */
const MAX_CHARACTERS = 108;

const described = {
  format: 'password',
  maxLength: MAX_CHARACTERS,
  pattern: '^[^\\u0000]*$',
  examples: ['Correct-horse-1'],
};

const normalised = (text: string) => (text.length > 2 * MAX_CHARACTERS ? text : text.normalize('NFC'));
const fits = (text: string) => Buffer.byteLength(text) <= MAX_BYTES;

/** The forms that may have been hashed: NFC, and for older accounts the text as sent. */
const formsOf = (password: string) => [...new Set([normalised(password), password])].filter(fits);

/** bcrypt reads 72 bytes and stops at a NUL. Text that it would ignore is refused. */
const readable = (text: z.ZodString) =>
  text
    .min(1, 'must not be empty')
    .refine((text) => formsOf(text).length > 0, `must be at most ${MAX_BYTES} bytes in UTF-8`)
    .refine((text) => !text.includes('\0'), 'must not contain NUL')
    .refine((text) => text.isWellFormed(), 'must be well-formed Unicode');

export const presentedPassword = readable(z.string()).meta({
  ...described,
  description: 'At most 72 bytes in UTF-8 after Unicode NFC normalization',
});

/** In NFC, so that it is the same password on every keyboard and system. */
export const newPassword = readable(z.string().overwrite(normalised))
  .refine((text) => [...text].length >= 8, 'must be at least 8 characters')
  .refine((text) => /[A-Z]/.test(text), 'must contain an upper-case letter (A–Z)')
  .refine((text) => /[a-z]/.test(text), 'must contain a lower-case letter (a–z)')
  .refine((text) => /[0-9]/.test(text), 'must contain a digit (0–9)')
  .refine((text) => !isCommonPassword(text), 'is one of the most common passwords. Choose another one')
  .meta({
    ...described,
    description:
      'At most 72 bytes in UTF-8 after Unicode NFC normalization. The most common passwords are refused.',
    minLength: 8,
    pattern: '^(?=[^a-z]*[a-z])(?=[^A-Z]*[A-Z])(?=[^0-9]*[0-9])[^\\u0000]*$',
  });

interface Bcrypt {
  hash(password: string, cost: number): Promise<string>;
  compare(password: string, hash: string): Promise<boolean>;
}

/** The hash of a random password at cost 12, for comparisons with an unknown e-mail address. */
const DUMMY_HASH = '$2b$12$P2RFynGssSENYWG9k2KiAO/KX8MaTsk2ymezNATO3Bjls58M4kA/m';

/**
 * Hashes passwords with bcrypt. A sign-in compares each form of the password, so its duration does not reveal whether the
 * e-mail address is known. bcrypt uses a CPU for a quarter of a second, so `semaphore` bounds the parallel work. Both
 * methods fail with `unavailable` if too many wait.
 */
export function createPasswords(bcrypt: Bcrypt, cost: number, semaphore: Semaphore): Passwords {
  const withPermit = async <T>(work: () => Promise<T>): Promise<T> => {
    const release = await semaphore.acquire();
    try {
      return await work();
    } finally {
      release();
    }
  };
  return {
    hash: (password) => withPermit(() => bcrypt.hash(password, cost)),
    async matches(password, hash) {
      return await withPermit(async () => {
        for (const form of formsOf(password)) {
          if (await bcrypt.compare(form, hash ?? DUMMY_HASH)) return hash !== null;
        }
        return false;
      });
    },
  };
}
