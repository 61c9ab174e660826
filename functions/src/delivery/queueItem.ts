import type { z } from 'zod';
import type { Capture, StoredTweet } from '../tweets/tweet.ts';
import type { attributes, message } from './message.ts';
import { BACKOFF, CLAIM_DEAD_AFTER_MS, MAX_ATTEMPTS } from './policy.ts';

export type Attributes = z.output<typeof attributes>;
export type OutboundMessage = z.output<typeof message>;

/** A tweet in the queue that is not published yet. */
export interface QueueItem extends OutboundMessage {
  id: string;
  userId: string;
  /** `pending`: not tried since it was queued. `retrying`: claimed at least once. `failed`: a dead letter. */
  status: 'pending' | 'retrying' | 'failed';
  /** Incremented by a claim, so that a run that crashes still uses up an attempt. */
  attempts: number;
  /** When the item is due. For a claimed item this is the end of its lease. Null for a dead letter. */
  nextAttemptAt: Date | null;
  lastAttemptAt: Date | null;
  errorMessage: string | null;
  createdAt: Date;
  updatedAt: Date;
}

/** A queue item without the message's data, which can be large. Transitions need nothing more. */
export type QueueState = Omit<QueueItem, 'data'>;

/** The parts of a tweet that a message is made from. */
type Revision = Capture & Pick<StoredTweet, 'revision'>;

/** Returns the message of a tweet. The same revision always gives the same message. */
export function toMessage({
  id,
  userId,
  fields,
  source,
  requestId,
  createdAt,
  revision,
}: Revision): OutboundMessage {
  return {
    data: fields,
    attributes: {
      userId,
      captureDate: createdAt.toISOString().slice(0, 10),
      source,
      version: '1.0.0',
      tweetId: fields.tweetId,
      dedupeKey: id,
      requestId,
      ...(revision && { revision: String(revision) }),
    },
  };
}

/** Returns a queue item for a tweet. It is due at once, so the next retry run takes it. */
export function newQueueItem(capture: Revision, reason: string, now: Date): QueueItem {
  return {
    ...toMessage(capture),
    id: capture.id,
    userId: capture.userId,
    status: 'pending',
    attempts: 0,
    nextAttemptAt: now,
    lastAttemptAt: null,
    errorMessage: reason,
    createdAt: now,
    updatedAt: now,
  };
}

/** The queue item of a tweet that a capture has added to; null if an operator has abandoned the tweet. */
export const newEnrichedItem = (tweet: StoredTweet, now: Date): QueueItem | null =>
  tweet.givenUpAt ? null : newQueueItem(tweet, 'A later capture added to the tweet', now);

/**
 * Returns a queue item for an orphan. If the tweet cannot be published, the item is a dead letter with the reason, and an
 * operator can repair the tweet and republish it.
 */
export function newRecoveredItem(tweet: StoredTweet, now: Date): QueueItem {
  try {
    const item = newQueueItem(tweet, 'The trigger did not report a result', now);
    const defect = defectOf(item);
    return defect === null ? item : unusable(tweet, defect, now);
  } catch (error) {
    return unusable(tweet, String(error), now);
  }
}

function unusable({ id, userId, fields }: StoredTweet, defect: string, now: Date): QueueItem {
  const nothing = { attempts: 0, nextAttemptAt: null, lastAttemptAt: null, createdAt: now, updatedAt: now };
  const content = { data: fields ?? {}, attributes: {} as Attributes };
  return {
    id,
    userId: userId ?? '',
    ...content,
    status: 'failed',
    errorMessage: unusableBecause(defect),
    ...nothing,
  };
}

/** Turns a claimed item with an unusable message into a dead letter. */
export const asDefective = <T extends QueueState>(item: T, defect: string, now: Date): T =>
  deadLetter({ ...item, errorMessage: unusableBecause(defect) }, now);

const unusableBecause = (defect: string) => `The stored tweet cannot be published: ${defect.slice(0, 300)}`;

/** Returns what is wrong with a message from the database, or null if it can be published. */
export function defectOf({ data, attributes }: OutboundMessage): string | null {
  if (typeof data?.tweetId !== 'string') return 'its data has no tweetId';
  const wrong = ATTRIBUTES.find((name) => typeof attributes?.[name] !== 'string');
  return wrong ? `its attribute ${wrong} is missing` : null;
}

const ATTRIBUTES = [
  'userId',
  'captureDate',
  'source',
  'version',
  'tweetId',
  'dedupeKey',
  'requestId',
] as const;

/**
 * Claims a due item. A claim uses up one attempt and leases the item until the backoff after a failure would end, so a
 * crash costs no more than a failure. If no attempts are left, because each run crashed, the item becomes a dead letter.
 */
export function claim<T extends QueueState>(item: T, now: Date, random: number): T {
  if (item.attempts >= MAX_ATTEMPTS) return deadLetter(item, now);
  const attempts = item.attempts + 1;
  const nextAttemptAt = new Date(now.getTime() + pauseMs(attempts, random));
  return { ...item, status: 'retrying', attempts, nextAttemptAt, lastAttemptAt: now, updatedAt: now };
}

/**
 * Returns a claimed item after its attempt failed. It is due when its lease ends, or a dead letter after the last attempt.
 */
export function afterFailure<T extends QueueState>(item: T, reason: string, now: Date): T {
  const failed = { ...item, errorMessage: reason, updatedAt: now };
  return item.attempts >= MAX_ATTEMPTS ? deadLetter(failed, now) : failed;
}

/**
 * Returns the pause after attempt `attempt` (from 1), in milliseconds. Jitter (`random`, 0 to 1) only lengthens it, so five
 * attempts span at least 13 hours.
 */
export function pauseMs(attempt: number, random: number): number {
  const { firstMs, factor, maxMs, jitter } = BACKOFF;
  return Math.min(maxMs, firstMs * factor ** (attempt - 1)) * (1 + jitter * random);
}

/** Whether the stored item is still under the same claim. An operator may have reset its attempts. */
export function isSameClaim(stored: QueueState, item: QueueState): boolean {
  const { status, attempts, lastAttemptAt } = stored;
  const isOurs = attempts === item.attempts && Number(lastAttemptAt) === Number(item.lastAttemptAt);
  return status === 'retrying' && isOurs && isSameRevision(stored, item);
}

/** Whether the queue still holds the revision that was published. A later revision has to be published, too. */
export const isSameRevision = (
  stored: Pick<OutboundMessage, 'attributes'>,
  published: Pick<OutboundMessage, 'attributes'>,
): boolean => stored.attributes.revision === published.attributes.revision;

/**
 * Whether a run may still work on the item. A failed claim looks the same until then. The lease lasts longer, because it is
 * also the backoff.
 */
export function mayBeClaimed({ status, lastAttemptAt }: QueueState, now: Date): boolean {
  return status === 'retrying' && Number(lastAttemptAt) + CLAIM_DEAD_AFTER_MS > now.getTime();
}

/** Returns the item as due now, with all its attempts again if none was left. Null if a run may hold the item. */
export function requeue<T extends QueueState>(item: T, now: Date): T | null {
  if (mayBeClaimed(item, now)) return null;
  const isSpent = item.status === 'failed' || item.attempts >= MAX_ATTEMPTS;
  if (isSpent) {
    const anew = { status: 'pending' as const, attempts: 0, lastAttemptAt: null };
    return { ...item, ...anew, nextAttemptAt: now, updatedAt: now };
  }
  return isDue(item, now) ? item : { ...item, nextAttemptAt: now, updatedAt: now };
}

export const isDue = ({ nextAttemptAt }: QueueState, now: Date): boolean =>
  nextAttemptAt !== null && nextAttemptAt <= now;

function deadLetter<T extends QueueState>(item: T, now: Date): T {
  return { ...item, status: 'failed', nextAttemptAt: null, updatedAt: now };
}
