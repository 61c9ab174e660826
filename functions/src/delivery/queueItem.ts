import type { z } from 'zod';
import type { Capture, StoredTweet } from '../tweets/tweet.ts';
import type { attributes, message } from './message.ts';
import { BACKOFF, CLAIM_DEAD_AFTER_MS, MAX_ATTEMPTS } from './policy.ts';

export type Attributes = z.output<typeof attributes>;
export type OutboundMessage = z.output<typeof message>;

/** An undelivered tweet in the queue. */
export interface QueueItem extends OutboundMessage {
  id: string;
  userId: string;
  /** `pending`: not tried since it was queued. `retrying`: claimed at least once. `failed`: a dead letter. */
  status: 'pending' | 'retrying' | 'failed';
  /** Counted when an item is claimed, so that an item whose run dies is not tried for ever. */
  attempts: number;
  /** When it is due, which for a claimed item is when its lease ends; null for a dead letter. */
  nextAttemptAt: Date | null;
  lastAttemptAt: Date | null;
  errorMessage: string | null;
  createdAt: Date;
  updatedAt: Date;
}

/** An item without its message's data, which may be large: all that a move between states needs. */
export type QueueState = Omit<QueueItem, 'data'>;

/** What of a tweet a message is made of. */
type Revision = Capture & Pick<StoredTweet, 'revision'>;

/** The same revision of a tweet always makes the same message, however often and by whom it is published. */
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

/** A tweet on its way into the queue, due at once: the next retry run takes it. */
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
 * A lost tweet on its way into the queue. One that cannot be turned into a message becomes a dead letter with the reason:
 * an operator can repair the stored tweet and republish it.
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

/** A claimed item whose message nobody can use, whatever Pub/Sub says: a dead letter. */
export const asDefective = <T extends QueueState>(item: T, defect: string, now: Date): T =>
  deadLetter({ ...item, errorMessage: unusableBecause(defect) }, now);

const unusableBecause = (defect: string) => `The stored tweet cannot be published: ${defect.slice(0, 300)}`;

/** What a message lacks that was read from the database; null where it can be published. */
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
 * A due item as its claimant holds it: one attempt spent, and leased until the pause after a failed attempt is
 * over, so that a claimant who dies costs no more than one who fails. An item that has no attempts left (each
 * claimant died) becomes a dead letter instead.
 */
export function claim<T extends QueueState>(item: T, now: Date, random: number): T {
  if (item.attempts >= MAX_ATTEMPTS) return deadLetter(item, now);
  const attempts = item.attempts + 1;
  const nextAttemptAt = new Date(now.getTime() + pauseMs(attempts, random));
  return { ...item, status: 'retrying', attempts, nextAttemptAt, lastAttemptAt: now, updatedAt: now };
}

/** A claimed item after its attempt failed: due when its lease ends, or a dead letter after the last attempt. */
export function afterFailure<T extends QueueState>(item: T, reason: string, now: Date): T {
  const failed = { ...item, errorMessage: reason, updatedAt: now };
  return item.attempts >= MAX_ATTEMPTS ? deadLetter(failed, now) : failed;
}

/**
 * The pause after attempt `attempt` (from 1), in milliseconds. Jitter (`random` from 0 up to 1) only ever
 * lengthens it, so the five attempts span at least 13 hours.
 */
export function pauseMs(attempt: number, random: number): number {
  const { firstMs, factor, maxMs, jitter } = BACKOFF;
  return Math.min(maxMs, firstMs * factor ** (attempt - 1)) * (1 + jitter * random);
}

/** Whether what is stored is still the claim that the item was given by. An operator may have set the attempts back. */
export function isSameClaim(stored: QueueState, item: QueueState): boolean {
  const { status, attempts, lastAttemptAt } = stored;
  const isOurs = attempts === item.attempts && Number(lastAttemptAt) === Number(item.lastAttemptAt);
  return status === 'retrying' && isOurs && isSameRevision(stored, item);
}

/** Whether the item in the queue is still of the revision that was published: a later one has to go out, too. */
export const isSameRevision = (
  stored: Pick<OutboundMessage, 'attributes'>,
  published: Pick<OutboundMessage, 'attributes'>,
): boolean => stored.attributes.revision === published.attributes.revision;

/**
 * Whether a run may still be at work on the item. A claim that has failed looks the same until then; the lease lasts
 * longer, and is the pause as well.
 */
export function mayBeClaimed({ status, lastAttemptAt }: QueueState, now: Date): boolean {
  return status === 'retrying' && Number(lastAttemptAt) + CLAIM_DEAD_AFTER_MS > now.getTime();
}

/**
 * The item as an operator wants it retried: due now, with all its attempts before it where none was left; null where a
 * run may hold it.
 */
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
