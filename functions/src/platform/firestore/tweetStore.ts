import type { DocumentData, DocumentSnapshot, Firestore } from 'firebase-admin/firestore';
import { splitBySize } from '../../core/portions.ts';
import { newEnrichedItem } from '../../delivery/queueItem.ts';
import { mergeCapture } from '../../tweets/merge.ts';
import type { TweetStore } from '../../tweets/ports.ts';
import type { Capture, CaptureOutcome, DeletedTweet, StoredTweet } from '../../tweets/tweet.ts';
import { MAX_COMMIT_BYTES, writeBytes } from './commitBytes.ts';
import { retryUntilWritten, wroteWithoutConflict } from './documents.ts';
import { ALREADY_EXISTS, grpcCode, isTransient, RESOURCE_EXHAUSTED, withMappedErrors } from './errors.ts';
import { fromCapture, fromEnriched, fromQueueItem, toDeletedTweet, toStoredTweet } from './tweetDocuments.ts';

/** Of one write of a batch; the pauses between them take about three seconds. */
const BULK_ATTEMPTS = 3;

export function createTweetStore(db: Firestore): TweetStore {
  const tweets = db.collection('tweets');
  const queue = db.collection('queue');

  /** Merges captures into the tweets that are stored. Repeats those whose tweet changes between the read and the write. */
  const mergeAll = async (captures: Capture[]): Promise<CaptureOutcome[]> => {
    if (captures.length === 0) return [];
    const outcomes = new Map<string, CaptureOutcome>();
    let open = captures;
    return await retryUntilWritten(async () => {
      const found = await db.getAll(...open.map(({ id }) => tweets.doc(id)));
      const merges: Merge[] = [];
      open.forEach((capture, index) => {
        const document = found[index] as DocumentSnapshot;
        const { outcome, enriched } = mergeCapture(toStoredTweet(document), capture);
        outcomes.set(capture.id, outcome);
        if (enriched) merges.push(toMerge(capture, document, enriched));
      });
      open = [];
      for (const portion of splitBySize(merges, mergeBytes, MAX_COMMIT_BYTES)) {
        const batch = db.batch();
        for (const { document, tweet, item } of portion) {
          const { ref, updateTime } = document;
          batch.update(ref, tweet, updateTime ? { lastUpdateTime: updateTime } : {});
          if (item) batch.set(queue.doc(ref.id), item);
        }
        if (!(await wroteWithoutConflict(batch.commit())))
          open.push(...portion.map(({ capture }) => capture));
      }
      return open.length > 0 ? null : captures.map(({ id }) => outcomes.get(id) as CaptureOutcome);
    });
  };

  return withMappedErrors<TweetStore>({
    async create(capture) {
      try {
        await tweets.doc(capture.id).create(fromCapture(capture));
        return 'created';
      } catch (error) {
        if (grpcCode(error) !== ALREADY_EXISTS) throw error;
        // The client repeats a commit after a lost response, and then finds the tweet that it wrote itself.
        const [outcome] = await mergeAll([capture]);
        return outcome as CaptureOutcome;
      }
    },

    async createAll(captures) {
      const writer = db.bulkWriter();
      // The SDK's ten attempts take two minutes, and an exhausted quota pauses it for one. The request ends before
      // that.
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
      const writes = splitBySize(documents, bytesOf, MAX_COMMIT_BYTES).flatMap((portion) => {
        const begun = portion.map(create);
        // The writer bounds a request by the number of writes. A flush starts the next request.
        void writer.flush();
        return begun;
      });
      const [settled] = await Promise.all([Promise.allSettled(writes), writer.close()]);
      const met = captures.filter((_, index) => isTaken(settled[index]));
      const outcomes = await mergeAll(met);
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

    waitUntilSettled(id, signal) {
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

/** The writes of one capture that adds to a stored tweet. */
interface Merge {
  capture: Capture;
  document: DocumentSnapshot;
  tweet: DocumentData;
  item: DocumentData | null;
}

function toMerge(capture: Capture, document: DocumentSnapshot, enriched: StoredTweet): Merge {
  const item = newEnrichedItem(enriched, capture.createdAt);
  return { capture, document, tweet: fromEnriched(enriched), item: item && fromQueueItem(item) };
}

const mergeBytes = ({ tweet, item }: Merge) => writeBytes(tweet) + (item ? writeBytes(item) : 0);
