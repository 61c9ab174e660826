import {
  type DocumentData,
  type DocumentSnapshot,
  FieldValue,
  type Firestore,
  Timestamp,
  type Transaction,
} from 'firebase-admin/firestore';
import { TUNING } from '../config.ts';
import { fitting, inPortions } from '../portions.ts';
import type { TweetStore } from '../ports.ts';
import { isSameClaim, isSameRevision, type QueueItem, type QueueState } from '../tweets/delivery.ts';
import { type Meeting, meet } from '../tweets/enrich.ts';
import type { Capture, CaptureOutcome, DeletedTweet } from '../tweets/tweet.ts';
import { MOST_COMMIT_BYTES, writeBytes } from './commitBytes.ts';
import { decideAndWrite, unlessOvertaken, untilWritten } from './documents.ts';
import {
  ALREADY_EXISTS,
  failingClearly,
  grpcCode,
  isTransient,
  NOT_FOUND,
  RESOURCE_EXHAUSTED,
} from './errors.ts';
import {
  fromCapture,
  fromEnriched,
  fromQueueItem,
  fromQueueState,
  published,
  QUEUE_STATE,
  storedMessageBytes,
  toDeletedTweet,
  toQueueState,
  toStoredTweet,
} from './tweetDocuments.ts';

/** Of one write of a batch; the pauses between them take about three seconds. */
const BULK_ATTEMPTS = 3;

export function createTweetStore(db: Firestore): TweetStore {
  const tweets = db.collection('tweets');
  const queue = db.collection('queue');

  const leavePending = (transaction: Transaction, item: QueueItem) => {
    const status = isDeadLetter(item) ? 'failed' : 'queued';
    transaction.update(tweets.doc(item.id), { status, pendingSince: FieldValue.delete() });
    transaction.set(queue.doc(item.id), fromQueueItem(item));
  };

  /** What captures come to whose tweets are there already; decided again, by what is stored then, where another write came first. */
  const meetAll = async (captures: Capture[]): Promise<CaptureOutcome[]> => {
    if (captures.length === 0) return [];
    const outcomes = new Map<string, CaptureOutcome>();
    let open = captures;
    return await untilWritten(async () => {
      const found = await db.getAll(...open.map(({ id }) => tweets.doc(id)));
      const changes: Change[] = [];
      open.forEach((capture, index) => {
        const document = found[index] as DocumentSnapshot;
        const { outcome, enriched } = meet(toStoredTweet(document), capture);
        outcomes.set(capture.id, outcome);
        if (enriched) changes.push({ capture, document, enriched });
      });
      open = [];
      for (const portion of inPortions(changes, changeBytes, MOST_COMMIT_BYTES)) {
        const batch = db.batch();
        for (const { document, enriched } of portion) {
          const { ref, updateTime } = document;
          batch.update(ref, fromEnriched(enriched.tweet), updateTime ? { lastUpdateTime: updateTime } : {});
          if (enriched.item) batch.set(queue.doc(ref.id), fromQueueItem(enriched.item));
        }
        if (!(await unlessOvertaken(batch.commit()))) open.push(...portion.map(({ capture }) => capture));
      }
      return open.length > 0 ? null : captures.map(({ id }) => outcomes.get(id) as CaptureOutcome);
    });
  };

  /** The tweets of some items; one may be gone already where an account is being erased. */
  const stillThere = async (transaction: Transaction, items: QueueState[]) => {
    if (items.length === 0) return [];
    const refs = items.map(({ id }) => tweets.doc(id));
    const found = await transaction.getAll(...refs, { fieldMask: ['userId'] });
    return found.filter(({ exists }) => exists).map(({ ref }) => ref);
  };

  const stillQueued = async (transaction: Transaction, items: QueueState[]) => {
    const refs = items.map(({ id }) => queue.doc(id));
    const found = await transaction.getAll(...refs, { fieldMask: QUEUE_STATE });
    const stored = found.filter(({ exists }) => exists).map(toQueueState);
    return new Map(stored.map((item) => [item.id, item]));
  };

  return failingClearly<TweetStore>({
    async create(capture) {
      try {
        await tweets.doc(capture.id).create(fromCapture(capture));
        return 'created';
      } catch (error) {
        if (grpcCode(error) !== ALREADY_EXISTS) throw error;
        // The client repeats a commit whose answer got lost, and then meets the tweet that it wrote itself.
        const [outcome] = await meetAll([capture]);
        return outcome as CaptureOutcome;
      }
    },

    async createAll(captures) {
      const writer = db.bulkWriter();
      // The SDK's own ten attempts take two minutes, and an exhausted quota makes it pause for one: the request ends before.
      writer.onWriteError(
        (error) =>
          isTransient(error) &&
          grpcCode(error) !== RESOURCE_EXHAUSTED &&
          error.failedAttempts < BULK_ATTEMPTS,
      );
      const create = async ({ id, data }: { id: string; data: DocumentData }) =>
        await writer.create(tweets.doc(id), data);
      const documents = captures.map((capture) => ({ id: capture.id, data: fromCapture(capture) }));
      const bytesOf = ({ data }: { data: DocumentData }) => writeBytes(data);
      const writes = inPortions(documents, bytesOf, MOST_COMMIT_BYTES).flatMap((portion) => {
        const begun = portion.map(create);
        // The writer fills a request by the number of writes; a flush makes it begin the next one.
        void writer.flush();
        return begun;
      });
      const [settled] = await Promise.all([Promise.allSettled(writes), writer.close()]);
      const met = captures.filter((_, index) => isTaken(settled[index]));
      const outcomes = await meetAll(met);
      const byId = new Map(met.map(({ id }, index) => [id, outcomes[index]]));
      return captures.map(({ id }, index) => {
        const write = settled[index];
        if (write?.status === 'rejected' && !isTaken(write)) throw write.reason;
        return byId.get(id) ?? 'created';
      });
    },

    async read(id) {
      return toStoredTweet(await tweets.doc(id).get());
    },

    settled(id, signal) {
      return new Promise((resolve, reject) => {
        if (signal.aborted) return resolve(null);
        const end = (settle: () => void) => {
          stop();
          settle();
        };
        const seen = (found: DocumentSnapshot) => {
          const tweet = toStoredTweet(found);
          if (!tweet?.pendingSince) end(() => resolve(tweet));
        };
        const stop = tweets.doc(id).onSnapshot(seen, reject);
        signal.addEventListener('abort', () => end(() => resolve(null)));
      });
    },

    async markPublished(id, messageId, at, version) {
      const changes = published(messageId, at);
      const tweet = tweets.doc(id);
      if (version instanceof Timestamp) {
        if (await unlessOvertaken(tweet.update(changes, { lastUpdateTime: version }))) return;
      }
      await decideAndWrite(tweet, (found) => ({ changes: found.get('pendingSince') ? changes : {} }));
    },

    async enqueue(item) {
      await db.runTransaction(async (transaction) => {
        const tweet = await transaction.get(tweets.doc(item.id));
        if (tweet.get('pendingSince')) leavePending(transaction, item);
      });
    },

    async adopt(before, limit, toItem) {
      return await db.runTransaction(async (transaction) => {
        const lost = await transaction.get(
          tweets.where('pendingSince', '<=', before).orderBy('pendingSince').limit(limit),
        );
        const adopted = fitting(lost.docs, (found) => writeBytes(found.data()), MOST_COMMIT_BYTES);
        for (const found of adopted) {
          const tweet = toStoredTweet(found);
          if (tweet) leavePending(transaction, toItem(tweet));
          else transaction.update(found.ref, { pendingSince: FieldValue.delete() });
        }
        return adopted.length;
      });
    },

    async claimDue(now, limit, claim) {
      return await db.runTransaction(async (transaction) => {
        const due = queue
          .where('nextAttemptAt', '<=', now)
          .orderBy('nextAttemptAt')
          .limit(limit)
          .select(...QUEUE_STATE);
        const { docs } = await transaction.get(due);
        const batch = fitting(docs, storedMessageBytes, TUNING.retryBytes);
        if (batch.length === 0) return [];
        const claimed = batch.map((found) => claim(toQueueState(found)));
        const refs = batch.map(({ ref }) => ref);
        const [contents, failed] = await Promise.all([
          transaction.getAll(...refs, { fieldMask: ['tweetData'] }),
          stillThere(transaction, claimed.filter(isDeadLetter)),
        ]);
        for (const item of claimed) transaction.update(queue.doc(item.id), fromQueueState(item));
        for (const tweet of failed) transaction.update(tweet, { status: 'failed' });
        return claimed.map((item, index) => ({ ...item, data: contents[index]?.get('tweetData') }));
      });
    },

    async settlePublished(outcomes, at) {
      const settle = (areTweetsRead: boolean) =>
        db.runTransaction(async (transaction) => {
          const stored = await stillQueued(
            transaction,
            outcomes.map(({ item }) => item),
          );
          const current = outcomes.filter(({ item }) => {
            const queued = stored.get(item.id);
            return queued && isSameRevision(queued, item);
          });
          const items = current.map(({ item }) => item);
          const there = areTweetsRead ? await stillThere(transaction, items) : items;
          const ids = new Set(there.map(({ id }) => id));
          for (const { item, messageId } of current) {
            transaction.delete(queue.doc(item.id));
            if (ids.has(item.id)) transaction.update(tweets.doc(item.id), published(messageId, at));
          }
        });
      try {
        await settle(false);
      } catch (error) {
        // A tweet is gone, where an account is being erased.
        if (grpcCode(error) !== NOT_FOUND) throw error;
        await settle(true);
      }
    },

    async settleFailed(items) {
      await db.runTransaction(async (transaction) => {
        const stored = await stillQueued(transaction, items);
        const held = items.filter((item) => {
          const queued = stored.get(item.id);
          return queued && isSameClaim(queued, item);
        });
        const failed = await stillThere(transaction, held.filter(isDeadLetter));
        for (const item of held) transaction.update(queue.doc(item.id), fromQueueState(item));
        for (const tweet of failed) transaction.update(tweet, { status: 'failed' });
      });
    },

    async countDue(now) {
      return (await queue.where('nextAttemptAt', '<=', now).count().get()).data().count;
    },

    async remove(id, at) {
      return await db.runTransaction(async (transaction) => {
        const tweet = await transaction.get(tweets.doc(id));
        const deleted = toDeletedTweet(tweet);
        if (deleted) return Number(deleted.deletedAt) === Number(at) ? 'deleted' : 'unknown';
        if (!tweet.exists) return 'unknown';
        // Without createdAt it is in the index of no list.
        const tombstone: DeletedTweet = {
          userId: tweet.get('userId'),
          tweetId: tweet.get('tweetId'),
          deletedAt: at,
        };
        transaction.set(tweet.ref, tombstone);
        transaction.delete(queue.doc(id));
        return 'deleted';
      });
    },
  });
}

const isTaken = (write: PromiseSettledResult<unknown> | undefined) =>
  write?.status === 'rejected' && grpcCode(write.reason) === ALREADY_EXISTS;

const isDeadLetter = ({ status }: QueueState) => status === 'failed';

/** What a capture adds to a tweet that is stored. */
interface Change {
  capture: Capture;
  document: DocumentSnapshot;
  enriched: NonNullable<Meeting['enriched']>;
}

const changeBytes = ({ enriched: { tweet, item } }: Change) =>
  writeBytes(fromEnriched(tweet)) + (item ? writeBytes(fromQueueItem(item)) : 0);
