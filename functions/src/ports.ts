import type { Account } from './accounts/account.ts';
import type { Guesses } from './accounts/guesses.ts';
import type { Keyring } from './accounts/keys.ts';
import type { LiveSessions } from './accounts/liveSessions.ts';
import type { RefreshDecision, Session } from './accounts/session.ts';
import type { AuditEntry } from './audit/audit.ts';
import type { Brake, Brakes, Paused } from './brakes/brakes.ts';
import type { Amounts, Budgets, Day } from './budgets/budgets.ts';
import type { Config } from './config.ts';
import type { HealthReport } from './health/healthCheck.ts';
import type { Place } from './http/page.ts';
import type { RateLimiter } from './http/rateLimit.ts';
import type { Lease, LeaseRequest } from './http/rateLimitWindow.ts';
import type { Refusals } from './http/refusals.ts';
import type { OutboundMessage, QueueItem, QueueState } from './tweets/delivery.ts';
import type { Capture, CaptureOutcome, DeletedTweet, StoredTweet, TweetStatus } from './tweets/tweet.ts';

export interface Clock {
  now(): Date;
  /** Ends earlier where `signal` says so. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

/** A new UUID (RFC 9562, version 4). */
export type Ids = () => string;

export type Severity = 'DEBUG' | 'INFO' | 'WARNING' | 'ERROR';

/** One structured log line; `event` is a stable name that alerts may match. */
export type Log = (severity: Severity, event: string, fields?: Record<string, unknown>) => void;

/** Both fail with `unavailable` where too many passwords are at work already. */
export interface Passwords {
  hash(password: string): Promise<string>;
  /** The same work whether or not there is a hash; without one the answer is false. */
  matches(password: string, hash: string | null): Promise<boolean>;
}

/** Every store rejects with Failure `unavailable` where the database cannot answer. */
export interface AccountStore {
  /** The account, its e-mail key and its first session, where it has one, in one commit, or nothing at all. */
  createUnlessTaken(account: Account, session: Session | null): Promise<'created' | 'taken'>;
  /** By normalised e-mail; a miss does the same reads as a hit. */
  findByEmail(email: string): Promise<Account | null>;
  findById(userId: string): Promise<Account | null>;
  /**
   * The new hash, and the end of every session but the kept one, in one commit, however many there are; nothing where the
   * hash is no longer the expected one or the kept session has ended.
   */
  changePassword(userId: string, change: PasswordChange): Promise<'changed' | 'refused'>;
  /** Disabling ends every session in the same commit, so that enabling revives none. */
  setActive(userId: string, isActive: boolean, at: Date): Promise<AccountChange>;
  setRole(userId: string, role: Account['role'], at: Date): Promise<AccountChange>;
  /** An account and one session, in one round trip: whether an access token still stands for somebody. And the brakes. */
  standing(userId: string, sessionId: string): Promise<Standing>;
}

export interface Standing {
  account: Account | null;
  session: Session | null;
  paused: Paused;
}

/** `unchanged` where it was so already, `unknown` where there is no such account. */
export type AccountChange = 'changed' | 'unchanged' | 'unknown';

export interface PasswordChange {
  expectedHash: string;
  passwordHash: string;
  keptSessionId: string;
  at: Date;
}

export interface SessionStore {
  /** Nothing where the user's hash is no longer the one that let them in, or the account is disabled. */
  create(session: Session, passwordHash: string): Promise<'created' | 'refused'>;
  /** Ends the oldest live sessions of the user beyond the newest `most`, up to 2,000 a call; never the one that began. */
  endOldest(begun: Session, most: number): Promise<void>;
  /** The sessions that can still be used, up to a thousand, the latest used first. */
  listLive(userId: string, now: Date): Promise<Session[]>;
  /** Ends a session; answers whose it was, or null where it was not this call that ended it. */
  revoke(sessionId: string, at: Date): Promise<string | null>;
  /** Ends every session that the user has now, in one commit, however many there are. */
  revokeAll(userId: string, at: Date): Promise<void>;
  /** Lets `decide` choose by what is stored, and writes its changes as one step; may ask it again after a race. */
  refresh(sessionId: string, decide: (session: Session | null) => RefreshDecision): Promise<RefreshDecision>;
}

/** What is known of the attempts to sign in with one e-mail address, whether it has an account or not. */
export interface GuessStore {
  /** Lets `change` choose by what is stored, and writes what it gives as one step; may ask it again after a race. */
  update<R>(
    email: string,
    change: (stored: Guesses | null) => { guesses: Guesses | null; result: R },
  ): Promise<R>;
}

/** Where the requests of all instances are counted together. */
export interface RateLimitStore {
  /** Grants a part of what a key may pass in the current window of the database's clock. */
  lease(request: LeaseRequest): Promise<Lease>;
}

/** What the operator has paused. */
export interface BrakeStore {
  read(): Promise<Paused>;
  /** Pauses since a time, or resumes with null. `unchanged` where it is so already. */
  set(brake: Brake, since: Date | null): Promise<'changed' | 'unchanged'>;
}

/** Where all instances report what each user has used up in a day. */
export interface BudgetStore {
  /** Adds amounts; answers what all instances have reported, with them. */
  add(userId: string, day: Day, amounts: Amounts): Promise<Amounts>;
  /**
   * Counts a part of an export, and locks other ones of the user out until it ends or `until`, in one write; nothing where
   * another one holds the lock, or where a budget is used up.
   */
  startExport(userId: string, day: Day, start: ExportStart): Promise<StartedExport>;
  /** Adds what an export has read, and releases the lock where it still holds it. Answers like `add`. */
  endExport(userId: string, day: Day, end: { id: string; reads: number }): Promise<Amounts>;
  read(userId: string, day: Day): Promise<Amounts>;
}

export interface ExportStart {
  id: string;
  now: Date;
  until: Date;
  limits: Amounts;
}

export type StartedExport =
  | { outcome: 'started' | 'exports' | 'reads'; used: Amounts }
  | { outcome: 'busy'; until: Date };

/** One thing that is stored about a person; `id` is its document's. */
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

/** Everything that is stored about one person, to be given to them or erased. */
export interface PersonalData {
  /** The account first, or what comes after a record, whether that one is still there or not. */
  read(userId: string, after?: RecordPlace | undefined): AsyncIterable<PersonalRecord>;
  /**
   * The account and its e-mail address are gone, and an erasure is begun, in one commit; nothing where the account
   * or its password has changed meanwhile.
   */
  beginErasure(account: Account, at: Date): Promise<'begun' | 'refused'>;
  /** Deletes some of what else names the user; answers how many, 0 when nothing is left. */
  erase(userId: string, limit: number): Promise<number>;
  /** The oldest first. */
  listErasures(limit: number): Promise<Erasure[]>;
  endErasure(userId: string): Promise<void>;
}

export interface AuditLog {
  append(entry: AuditEntry): Promise<void>;
}

/** What the event of a tweet's creation tells of it. */
export interface CreatedTweet {
  tweet: StoredTweet;
  at: Date;
  /** For `markPublished`. */
  version: unknown;
}

/**
 * The tweets and the queue of undelivered ones. Each method is one move between the states of a tweet, in one
 * commit; a move whose starting state no longer holds changes nothing.
 */
export interface TweetStore {
  /**
   * nothing → captured. Where the tweet is there with less (see `meet`), any state but given up → queued: tweet and item
   * in one commit. An unclear commit that met its own write answers as it would have the first time.
   */
  create(capture: Capture): Promise<CaptureOutcome>;
  /**
   * The same for many tweets, no two alike, each in a commit of its own; the outcomes are in order. Where one cannot be
   * written it rejects, and the others may be stored.
   */
  createAll(captures: Capture[]): Promise<CaptureOutcome[]>;
  /** Null for a deleted one, too. */
  read(id: string): Promise<StoredTweet | null>;
  /** The tweet once it is no longer pending; null where there is none, or where `signal` says not to wait any longer. */
  settled(id: string, signal: AbortSignal): Promise<StoredTweet | null>;
  /** captured → published. Reads nothing where the tweet is still the version that is given. */
  markPublished(id: string, messageId: string, at: Date, version?: unknown): Promise<void>;
  /** captured → queued. */
  enqueue(item: QueueItem): Promise<void>;
  /**
   * captured → queued, or failed where `toItem` says so, for up to `limit` tweets pending since `before` or earlier, and
   * no more than fit into a commit; answers how many.
   */
  adopt(before: Date, limit: number, toItem: (tweet: StoredTweet) => QueueItem): Promise<number>;
  /**
   * Up to `limit` items due at `now`, and about `TUNING.retryBytes` of messages, each as `claim` left it, the oldest first; no two
   * callers get the same one.
   */
  claimDue(now: Date, limit: number, claim: (item: QueueState) => QueueState): Promise<QueueItem[]>;
  /** queued → published, where what is in the queue is still the revision that was published. */
  settlePublished(published: { item: QueueState; messageId: string }[], at: Date): Promise<void>;
  /** Writes items back as their failed attempt left them, where the claim still holds. */
  settleFailed(failed: QueueState[]): Promise<void>;
  countDue(now: Date): Promise<number>;
  /** Any state → deleted: out of the queue, and never captured again. An unclear commit that met its own write is `deleted`. */
  remove(id: string, at: Date): Promise<'deleted' | 'unknown'>;
}

export interface TweetFilters {
  status?: TweetStatus | undefined;
  /** Comparable. */
  author?: string | undefined;
  from?: Date | undefined;
  /** Exclusive. */
  to?: Date | undefined;
}

/** What a user has, from the newest to the oldest. Reads `limit` documents, however many are stored. */
export interface TweetLists {
  tweets(userId: string, filters: TweetFilters, limit: number, after: Place | null): Promise<StoredTweet[]>;
  /** As many as there are after a place, read while they are taken: few of them are in memory at a time. */
  everyTweet(userId: string, filters: TweetFilters, after: Place | null): AsyncIterable<StoredTweet>;
  /** How many that are. Reads one document for each 1,000. */
  count(userId: string, filters: TweetFilters, after: Place | null): Promise<number>;
  queue(userId: string, limit: number, after: Place | null): Promise<QueueState[]>;
}

/** How much is under way, what has come to a stop, and what has happened lately. */
export interface Overview {
  /** Captured or queued. */
  undelivered: number;
  /** Since when the oldest of them has been waiting. */
  oldestSince: Date | null;
  deadLetters: number;
  captures: number;
  publishes: number;
  lastCaptureAt: Date | null;
}

export interface QueueFilters {
  status?: QueueItem['status'] | undefined;
  /** Exclusive. */
  before?: Date | undefined;
}

/**
 * What an operator sees and does, over all users. Each move is one commit, for some items at once; one whose starting
 * state no longer holds changes nothing.
 */
export interface QueueOperations {
  /** Captures and publishes from `since` on. Costs counts and single documents. */
  overview(since: Date): Promise<Overview>;
  /** From the newest to the oldest. Reads `limit` documents, however many are stored. */
  list(filters: QueueFilters, limit: number, after: Place | null): Promise<QueueState[]>;
  /** What is due after `at`, the soonest first. Reads `limit` documents, however many are stored. */
  waiting(at: Date, limit: number, after: QueueState | null): Promise<QueueState[]>;
  /** queued or failed → queued, as `change` gives each, or not where it gives null; answers how many it gave. */
  requeue(ids: string[], change: (item: QueueState) => QueueState | null): Promise<number>;
  /** queued or failed → given up, where `may` lets it; answers how many, an unclear commit that met its own write included. */
  giveUp(ids: string[], at: Date, may: (item: QueueState) => boolean): Promise<number>;
  /** Any state → published, by one more message of this tweet; nothing where it has another revision by now. */
  settleRepublished(
    published: Pick<StoredTweet, 'id' | 'revision'>,
    messageId: string,
    at: Date,
  ): Promise<'settled' | 'overtaken'>;
  /** Any state → queued: as `change` leaves what is in the queue already, else as `toItem` makes it. */
  queueAgain(
    id: string,
    toItem: (tweet: StoredTweet) => QueueItem,
    change: (queued: QueueState) => QueueState | null,
  ): Promise<void>;
}

/** Tells someone outside of the logs of the dead letters that a run made. Takes bounded time, and never rejects. */
export type Alert = (ids: string[]) => Promise<void>;

export interface Publisher {
  /** The full names of the messages, in order. All or nothing; rejects with PublishFailure by its deadline. */
  publish(messages: OutboundMessage[]): Promise<string[]>;
}

/** What endpoints and background functions work with; built once per instance. */
export interface Services {
  config: Config;
  clock: Clock;
  ids: Ids;
  /** From 0 up to 1. */
  random: () => number;
  log: Log;
  keys: () => Keyring;
  passwords: Passwords;
  accounts: AccountStore;
  sessions: SessionStore;
  guesses: GuessStore;
  auditLog: AuditLog;
  personalData: PersonalData;
  tweets: TweetStore;
  tweetLists: TweetLists;
  queueOperations: QueueOperations;
  alert: Alert;
  publisher: Publisher;
  /** For the trigger, which has a queue to fall back on: fails at once where an outage is known. */
  impatientPublisher: Publisher;
  liveSessions: LiveSessions;
  rateLimiter: RateLimiter;
  refusals: Refusals;
  budgets: Budgets;
  brakes: Brakes;
  brakeStore: BrakeStore;
  health: () => Promise<HealthReport>;
}
