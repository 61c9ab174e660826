export interface Account {
  userId: string;
  /** Normalised, see `email`. */
  email: string;
  passwordHash: string;
  isActive: boolean;
  role: 'user' | 'admin';
  /** Raised to end every session at once: only a session of the same epoch is live. Absent for 0. */
  sessionEpoch?: number;
  createdAt: Date;
  updatedAt: Date;
}

export function newAccount(userId: string, email: string, passwordHash: string, now: Date): Account {
  return { userId, email, passwordHash, isActive: true, role: 'user', createdAt: now, updatedAt: now };
}
