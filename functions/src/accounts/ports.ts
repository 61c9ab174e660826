import type { Paused } from '../brakes/brakes.ts';
import type { Account } from './account.ts';
import type { LoginAttempts } from './loginThrottle.ts';
import type { RefreshDecision, Session } from './session.ts';

/** Both methods fail with `unavailable` if too many passwords are being hashed. */
export interface Passwords {
  hash(password: string): Promise<string>;
  /** Does the same work whether or not there is a hash; without one the result is false. */
  matches(password: string, hash: string | null): Promise<boolean>;
}

/** Every store fails with `unavailable` if the database does not answer. */
export interface AccountStore {
  /** Stores the account, its e-mail key and, if given, its first session in one commit. */
  createUnlessTaken(account: Account, session: Session | null): Promise<'created' | 'taken'>;
  /** Takes a normalised e-mail address. A miss costs the same reads as a hit. */
  findByEmail(email: string): Promise<Account | null>;
  findById(userId: string): Promise<Account | null>;
  /**
   * Stores a new password hash and ends every session but one, in one commit. Refuses if the hash is no longer the expected
   * one or if the kept session has ended.
   */
  changePassword(userId: string, change: PasswordChange): Promise<'changed' | 'refused'>;
  /** Disabling ends every session in the same commit, so that enabling the account later revives none. */
  setActive(userId: string, isActive: boolean, at: Date): Promise<AccountChange>;
  setRole(userId: string, role: Account['role'], at: Date): Promise<AccountChange>;
  /** Reads an account, one session and the brakes in one round trip. */
  getAccountAndSession(userId: string, sessionId: string): Promise<AccountAndSession>;
}

export interface AccountAndSession {
  account: Account | null;
  session: Session | null;
  paused: Paused;
}

/** `unknown`: there is no such account. */
export type AccountChange = 'changed' | 'unchanged' | 'unknown';

export interface PasswordChange {
  expectedHash: string;
  passwordHash: string;
  keptSessionId: string;
  at: Date;
}

export interface SessionStore {
  /** Refuses if the user's password hash is no longer the given one, or if the account is disabled. */
  create(session: Session, passwordHash: string): Promise<'created' | 'refused'>;
  /** Ends the user's oldest live sessions beyond the newest `most`, up to 2,000 a call; never the one that just began. */
  endOldest(begun: Session, most: number): Promise<void>;
  /** Up to 1,000 live sessions, the latest used first. */
  listLive(userId: string, now: Date): Promise<Session[]>;
  /** Ends a session. Returns the user's id, or null if this call did not end it. */
  revoke(sessionId: string, at: Date): Promise<string | null>;
  /** Ends every session that the user has now, in one commit. */
  revokeAll(userId: string, at: Date): Promise<void>;
  /** Applies the decision to the stored session in one commit. Calls `decide` again after a race. */
  refresh(sessionId: string, decide: (session: Session | null) => RefreshDecision): Promise<RefreshDecision>;
}

/** The attempts to sign in with one e-mail address, whether it has an account or not. */
export interface LoginAttemptStore {
  /** Applies `change` to the stored attempts in one commit. Calls it again after a race. */
  update<R>(
    email: string,
    change: (stored: LoginAttempts | null) => { attempts: LoginAttempts | null; result: R },
  ): Promise<R>;
}
