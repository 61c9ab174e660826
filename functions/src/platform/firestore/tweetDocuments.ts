import {
  type DocumentData,
  type DocumentSnapshot,
  FieldValue,
  type Firestore,
  type Transaction,
} from 'firebase-admin/firestore';
import { messageBytes } from '../../delivery/message.ts';
import type { QueueItem, QueueState } from '../../delivery/queueItem.ts';
import { authorOf, type Capture, type DeletedTweet, type StoredTweet } from '../../tweets/tweet.ts';
import { fromDocument } from './documents.ts';

// Tweets and queue items as Firestore holds them.

export const publishedPatch = (messageId: string, at: Date) => ({
  status: 'published',
  pubsubMessageId: messageId,
  publishedAt: at,
  pendingSince: FieldValue.delete(),
});

export function fromCapture({ id: _, fields, ...capture }: Capture): DocumentData {
  const { tweetId } = fields;
  const author = authorOf(fields);
  const state = { pubsubMessageId: null, publishedAt: null, pendingSince: capture.createdAt };
  return { ...capture, tweetId, author, rawData: withoutUndefined(fields), status: 'captured', ...state };
}

export function fromEnriched({
  fields,
  revision,
  enrichedBy,
  requestId,
  status,
  messageId,
  publishedAt,
  pendingSince,
}: StoredTweet): DocumentData {
  const content = {
    rawData: withoutUndefined(fields),
    author: authorOf(fields),
    revision,
    enrichedBy,
    requestId,
  };
  const times = { publishedAt, pendingSince: pendingSince ?? FieldValue.delete() };
  return { ...content, status, pubsubMessageId: messageId, ...times };
}

interface Found {
  id: string;
  data(): DocumentData | undefined;
}

export function toDeletedTweet(document: Found): DeletedTweet | null {
  const data = document.data();
  return data?.deletedAt ? (fromDocument(data) as DeletedTweet) : null;
}

export function toStoredTweet(document: Found): StoredTweet | null {
  const data = document.data();
  if (!data || data.deletedAt) return null;
  const { rawData, source, pubsubMessageId, pendingSince, tweetId, author, ...rest } = fromDocument(data);
  const state = { messageId: pubsubMessageId, pendingSince: pendingSince ?? null };
  // The first tweets were stored without a source.
  return {
    ...rest,
    id: document.id,
    fields: rawData,
    source: source ?? 'chrome-extension',
    ...state,
  } as StoredTweet;
}

export function fromQueueItem({ id: _, data, nextAttemptAt, ...item }: QueueItem): DocumentData {
  const size = messageBytes({ data, attributes: item.attributes });
  return {
    ...item,
    tweetData: withoutUndefined(data),
    messageBytes: size,
    ...(nextAttemptAt && { nextAttemptAt }),
  };
}

/** Returns the fields of an item that a state transition writes. */
export function fromQueueState(item: QueueState): DocumentData {
  const { status, attempts, nextAttemptAt, lastAttemptAt, errorMessage, updatedAt } = item;
  const due = { nextAttemptAt: nextAttemptAt ?? FieldValue.delete() };
  return { status, attempts, ...due, lastAttemptAt, errorMessage, updatedAt };
}

/** All that `toQueueState` and `storedMessageBytes` look at: not the tweet, which may be large. */
export const QUEUE_STATE = [
  'userId',
  'status',
  'attempts',
  'nextAttemptAt',
  'lastAttemptAt',
  'errorMessage',
  'createdAt',
  'updatedAt',
  'attributes',
  'messageBytes',
];

/** A field that is missing or of another type has a value that harms nobody: one bad document must not stop the others. */
export function toQueueState(document: DocumentSnapshot): QueueState {
  const { userId, status, attempts, nextAttemptAt, lastAttemptAt, errorMessage, ...item } = fromDocument(
    document.data() ?? {},
  );
  return {
    id: document.id,
    userId: String(userId ?? ''),
    status: STATUSES.includes(status) ? status : 'failed',
    attempts: Number.isInteger(attempts) ? attempts : 0,
    nextAttemptAt: dateOf(nextAttemptAt),
    lastAttemptAt: dateOf(lastAttemptAt),
    errorMessage: typeof errorMessage === 'string' ? errorMessage : null,
    createdAt: dateOf(item.createdAt) ?? new Date(0),
    updatedAt: dateOf(item.updatedAt) ?? new Date(0),
    attributes: typeof item.attributes === 'object' ? (item.attributes ?? {}) : {},
  };
}

const STATUSES: unknown[] = ['pending', 'retrying', 'failed'] satisfies QueueItem['status'][];
const dateOf = (value: unknown) => (value instanceof Date ? value : null);

/** The bodies of requests that could queue a tweet before this was stored had at most 64 KiB. */
const MAX_UNMEASURED = 65 * 1024;

export const storedMessageBytes = (document: DocumentSnapshot): number =>
  Number(document.get('messageBytes')) || MAX_UNMEASURED;

/** Reads queue items and their tweets, without the tweets' content. An erasure may have deleted a tweet. */
export async function readItemsAndTweets(db: Firestore, transaction: Transaction, ids: string[]) {
  const documents = await transaction.getAll(
    ...ids.flatMap((id) => [db.collection('queue').doc(id), db.collection('tweets').doc(id)]),
    { fieldMask: [...QUEUE_STATE, 'givenUpAt'] },
  );
  return ids.map((_, index) => {
    const [queued, tweet] = documents.slice(2 * index, 2 * index + 2);
    return {
      item: queued?.exists ? toQueueState(queued) : null,
      tweet: tweet?.exists ? tweet : null,
    };
  });
}

/** Firestore has no undefined. */
const withoutUndefined = (object: object) =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
