import { z } from 'zod';

export interface Account {
  userId: string;
  /** Normalised, see `email`. */
  email: string;
  passwordHash: string;
  isActive: boolean;
  role: 'user' | 'admin';
  createdAt: Date;
  updatedAt: Date;
}

export function newAccount(userId: string, email: string, passwordHash: string, now: Date): Account {
  return { userId, email, passwordHash, isActive: true, role: 'user', createdAt: now, updatedAt: now };
}

/**
 * An e-mail address as it is compared, stored and answered. ASCII is checked before lower-casing, because some
 * letters (the Kelvin sign, the dotted capital I) turn into ASCII or into two characters on the way.
 */
export const email = z
  .string()
  .regex(/^[\x20-\x7e]*$/, 'must be an ASCII e-mail address')
  .trim()
  .toLowerCase()
  .max(254, 'must be at most 254 characters')
  .pipe(z.email('must be an e-mail address'))
  .meta({
    description: 'In ASCII; taken without spaces around it, and in lower case',
    format: 'email',
    pattern: undefined,
    examples: ['user@example.com'],
  });
