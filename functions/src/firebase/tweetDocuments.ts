import {
  type DocumentData,
  FieldValue,
  type Firestore,
  type QueryDocumentSnapshot,
  type Transaction,
} from 'firebase-admin/firestore';
import type { QueueEntry, QueueItem } from '../tweets/delivery.ts';
import { authorOf, type Capture, type DeletedTweet, type StoredTweet } from '../tweets/tweet.ts';
import { fromDocument } from './documents.ts';

// Tweets and queue items as Firestore holds them.

export const published = (messageId: string, at: Date) => ({
  status: 'published',
  pubsubMessageId: messageId,
  publishedAt: at,
  pendingSince: FieldValue.delete(),
});

export function fromCapture({ id: _, tweet, ...capture }: Capture): DocumentData {
  const { tweetId } = tweet;
  const author = authorOf(tweet);
  const state = { pubsubMessageId: null, publishedAt: null, pendingSince: capture.createdAt };
  return { ...capture, tweetId, author, rawData: defined(tweet), status: 'captured', ...state };
}

export function fromEnriched({
  tweet,
  revision,
  enrichedBy,
  requestId,
  status,
  messageId,
  publishedAt,
  pendingSince,
}: StoredTweet): DocumentData {
  const content = { rawData: defined(tweet), author: authorOf(tweet), revision, enrichedBy, requestId };
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
    tweet: rawData,
    source: source ?? 'chrome-extension',
    ...state,
  } as StoredTweet;
}

export function fromQueueItem({ id, data, nextAttemptAt, ...item }: QueueItem): DocumentData {
  return { ...item, tweetData: defined(data), ...(nextAttemptAt && { nextAttemptAt }) };
}

export function toQueueItem(document: QueryDocumentSnapshot): QueueItem {
  const { tweetData, nextAttemptAt, ...item } = fromDocument(document.data());
  return { ...item, id: document.id, data: tweetData, nextAttemptAt: nextAttemptAt ?? null } as QueueItem;
}

/** The fields of a queue item that an entry has. */
export const ENTRY_FIELDS = [
  'userId',
  'tweetData.tweetId',
  'status',
  'attempts',
  'nextAttemptAt',
  'lastAttemptAt',
  'errorMessage',
  'createdAt',
  'updatedAt',
];

/** Of a document of which only `ENTRY_FIELDS` were read. */
export function toQueueEntry(document: QueryDocumentSnapshot): QueueEntry {
  const { tweetData, nextAttemptAt, ...entry } = fromDocument(document.data());
  const { tweetId } = tweetData;
  return { ...entry, id: document.id, tweetId, nextAttemptAt: nextAttemptAt ?? null } as QueueEntry;
}

/** What is there of some items; the tweet of one may be gone where an account is being erased. */
export async function readBoth(db: Firestore, transaction: Transaction, ids: string[]) {
  const documents = await transaction.getAll(
    ...ids.flatMap((id) => [db.collection('queue').doc(id), db.collection('tweets').doc(id)]),
  );
  return ids.map((_, index) => {
    const [queued, tweet] = documents.slice(2 * index, 2 * index + 2);
    return {
      item: queued?.exists ? toQueueItem(queued as QueryDocumentSnapshot) : null,
      tweet: tweet?.exists ? tweet : null,
    };
  });
}

/** Firestore has no undefined. */
const defined = (object: object) =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
