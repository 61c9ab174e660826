import type { Account } from '../accounts/account.ts';
import type { Session } from '../accounts/session.ts';
import type { AuditEntry } from '../audit/audit.ts';
import type { QueueState } from '../delivery/queueItem.ts';
import type { DeletedTweet, StoredTweet } from '../tweets/tweet.ts';

/** One stored document about a person. */
export type PersonalRecord = { id: string } & (
  | { kind: 'account'; data: Account }
  | { kind: 'session'; data: Session }
  | { kind: 'tweet'; data: StoredTweet }
  | { kind: 'deletedTweet'; data: DeletedTweet }
  | { kind: 'queueItem'; data: QueueState }
  | { kind: 'auditEntry'; data: AuditEntry }
);

export type RecordPlace = Pick<PersonalRecord, 'kind' | 'id'>;

export interface Erasure {
  userId: string;
  begunAt: Date;
}

/** Everything that is stored about one person. */
export interface PersonalData {
  /** All records, the account first; or those after a record, whether that one still exists or not. */
  read(userId: string, after?: RecordPlace | undefined): AsyncIterable<PersonalRecord>;
  /**
   * Deletes the account and its e-mail key, and records that an erasure has begun, in one commit. Refuses if the account or
   * its password has changed.
   */
  beginErasure(account: Account, at: Date): Promise<'begun' | 'refused'>;
  /** Deletes up to `limit` other documents about the user. Returns their number; 0 if nothing is left. */
  erase(userId: string, limit: number): Promise<number>;
  /** The oldest first. */
  listErasures(limit: number): Promise<Erasure[]>;
  endErasure(userId: string): Promise<void>;
}
