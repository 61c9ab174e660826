/** The user and session that an access token stands for. */
export interface Caller {
  userId: string;
  sessionId: string;
}

export type Role = 'user' | 'admin';

/** An authenticated caller and what they may do. */
export type Principal = Caller & { role: Role };
