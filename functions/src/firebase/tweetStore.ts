import {
  type DocumentSnapshot,
  FieldValue,
  type Firestore,
  type QueryDocumentSnapshot,
  Timestamp,
  type Transaction,
} from 'firebase-admin/firestore';
import type { TweetStore } from '../ports.ts';
import { isSameClaim, isSameRevision, type QueueItem } from '../tweets/delivery.ts';
import { meet } from '../tweets/enrich.ts';
import { goRound, sharePerUser } from '../tweets/turn.ts';
import type { Capture, CaptureOutcome, DeletedTweet, StoredTweet } from '../tweets/tweet.ts';
import { decideAndWrite, unlessOvertaken, untilWritten } from './documents.ts';
import { ALREADY_EXISTS, failingClearly, grpcCode, isTransient, RESOURCE_EXHAUSTED } from './errors.ts';
import {
  fromCapture,
  fromEnriched,
  fromQueueItem,
  published,
  readBoth,
  toDeletedTweet,
  toQueueItem,
  toStoredTweet,
} from './tweetDocuments.ts';

/** Of one write of a batch; the pauses between them take about three seconds. */
const BULK_ATTEMPTS = 3;

export function createTweetStore(db: Firestore): TweetStore {
  const tweets = db.collection('tweets');
  const queue = db.collection('queue');

  const leavePending = (transaction: Transaction, item: QueueItem) => {
    transaction.update(tweets.doc(item.id), { status: 'queued', pendingSince: FieldValue.delete() });
    transaction.set(queue.doc(item.id), fromQueueItem(item));
  };

  /** What captures come to whose tweets are there already: one commit for all, made again by what is stored then. */
  const meetAll = async (captures: Capture[]): Promise<CaptureOutcome[]> => {
    if (captures.length === 0) return [];
    return await untilWritten(async () => {
      const found = await db.getAll(...captures.map(({ id }) => tweets.doc(id)));
      const meetings = captures.map((capture, index) =>
        meet(toStoredTweet(found[index] as DocumentSnapshot), capture),
      );
      const batch = db.batch();
      meetings.forEach(({ enriched }, index) => {
        const { ref, updateTime } = found[index] as DocumentSnapshot;
        if (!enriched || !updateTime) return;
        batch.update(ref, fromEnriched(enriched.tweet), { lastUpdateTime: updateTime });
        if (enriched.item) batch.set(queue.doc(ref.id), fromQueueItem(enriched.item));
      });
      const isUnchanged = meetings.every(({ enriched }) => !enriched);
      if (!isUnchanged && !(await unlessOvertaken(batch.commit()))) return null;
      return meetings.map(({ outcome }) => outcome);
    });
  };

  /** The tweets of some items; one may be gone already where an account is being erased. */
  const stillThere = async (transaction: Transaction, items: QueueItem[]) => {
    if (items.length === 0) return [];
    const found = await transaction.getAll(...items.map(({ id }) => tweets.doc(id)));
    return found.filter(({ exists }) => exists).map(({ ref }) => ref);
  };

  const findDue = async (transaction: Transaction, now: Date, limit: number, turn: string[]) => {
    const due = queue.where('nextAttemptAt', '<=', now).orderBy('nextAttemptAt');
    const share = sharePerUser(limit, turn);
    const shared = share * turn.length;
    const { docs: oldest } = await transaction.get(due.limit(limit - shared));
    const last = oldest.at(-1);
    if (!last || shared === 0) return oldest;
    const shares = await Promise.all(
      turn.map((userId) => transaction.get(due.where('userId', '==', userId).startAfter(last).limit(share))),
    );
    const found = [...oldest, ...shares.flatMap(({ docs }) => docs)];
    if (found.length === limit) return found;
    // What the turns left over goes to the oldest again.
    const taken = new Set(found.map(({ id }) => id));
    const next = await transaction.get(due.startAfter(last).limit(shared));
    return [...found, ...next.docs.filter(({ id }) => !taken.has(id))].slice(0, limit);
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
      const writes = captures.map(
        async (capture) => await writer.create(tweets.doc(capture.id), fromCapture(capture)),
      );
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
        for (const tweet of lost.docs) leavePending(transaction, toItem(toStoredTweet(tweet) as StoredTweet));
        return lost.size;
      });
    },

    async claimDue(now, limit, claim, turn = []) {
      return await db.runTransaction(async (transaction) => {
        const due = await findDue(transaction, now, limit, turn);
        const claimed = due.map((found) => claim(toQueueItem(found)));
        const failed = await stillThere(transaction, claimed.filter(isDeadLetter));
        for (const item of claimed) transaction.set(queue.doc(item.id), fromQueueItem(item));
        for (const tweet of failed) transaction.update(tweet, { status: 'failed' });
        return claimed;
      });
    },

    async nextInTurn(now, after, limit) {
      const users = queue.orderBy('userId').orderBy('nextAttemptAt').limit(1);
      const first = async (last: string) => (await users.where('userId', '>', last).get()).docs[0];
      return await goRound(after, limit, async (last) => {
        const item = await first(last);
        return item ? { userId: item.get('userId'), isDue: item.get('nextAttemptAt').toDate() <= now } : null;
      });
    },

    async settlePublished(outcomes, at) {
      await db.runTransaction(async (transaction) => {
        const ids = outcomes.map(({ item }) => item.id);
        const found = await readBoth(db, transaction, ids);
        outcomes.forEach(({ item, messageId }, index) => {
          const { item: queued, tweet } = found[index] ?? {};
          if (!queued || !isSameRevision(queued, item)) return;
          transaction.delete(queue.doc(item.id));
          if (tweet) transaction.update(tweet.ref, published(messageId, at));
        });
      });
    },

    async settleFailed(items) {
      await db.runTransaction(async (transaction) => {
        const stored = await transaction.getAll(...items.map(({ id }) => queue.doc(id)));
        const held = items.filter((item, index) => {
          const found = stored[index];
          return found?.exists && isSameClaim(toQueueItem(found as QueryDocumentSnapshot), item);
        });
        const failed = await stillThere(transaction, held.filter(isDeadLetter));
        for (const item of held) transaction.set(queue.doc(item.id), fromQueueItem(item));
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

const isDeadLetter = ({ status }: QueueItem) => status === 'failed';
