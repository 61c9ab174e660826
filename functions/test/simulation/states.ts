import { MAX_ATTEMPTS } from '../../src/delivery/policy.ts';
import type { QueueItem } from '../../src/delivery/queueItem.ts';
import type { DeletedTweet, StoredTweet } from '../../src/tweets/tweet.ts';

export type State = 'captured' | 'published' | 'queued' | 'failed' | 'givenUp' | 'deleted';

/** The contract's state table. A text says what fits no row of it. */
export function stateOf(
  tweet: StoredTweet | undefined,
  item: QueueItem | undefined,
  deleted: DeletedTweet | undefined,
): State | { wrong: string } {
  const state = rowOf(tweet, item, deleted);
  if (!tweet || typeof state === 'object') return state;
  const said = state === 'givenUp' ? 'failed' : state;
  return tweet.status === said ? state : { wrong: `${state}, and says that it is ${tweet.status}` };
}

function rowOf(
  tweet: StoredTweet | undefined,
  item: QueueItem | undefined,
  deleted: DeletedTweet | undefined,
): State | { wrong: string } {
  if (deleted) {
    if (tweet) return { wrong: 'deleted and still there' };
    return item ? { wrong: `deleted and still in the queue as ${item.status}` } : 'deleted';
  }
  if (!tweet) return { wrong: 'a queue document without its tweet' };
  const { messageId, pendingSince, publishedAt, givenUpAt } = tweet;
  if (givenUpAt) {
    if (messageId !== null || pendingSince || publishedAt) return { wrong: 'given up and under way' };
    return item ? { wrong: `given up and in the queue as ${item.status}` } : 'givenUp';
  }
  if ((messageId === null) !== (publishedAt === null)) return { wrong: 'half published' };
  if (messageId !== null) {
    if (pendingSince) return { wrong: 'published and still pending' };
    return item ? { wrong: `published and still in the queue as ${item.status}` } : 'published';
  }
  if (pendingSince) return item ? { wrong: `pending and in the queue as ${item.status}` } : 'captured';
  if (!item) return { wrong: 'neither published, nor pending, nor in the queue: lost' };
  const wrong = wrongItem(item, tweet);
  if (wrong) return { wrong };
  return item.status === 'failed' ? 'failed' : 'queued';
}

function wrongItem(item: QueueItem, tweet: StoredTweet): string | null {
  const { status, attempts, nextAttemptAt, lastAttemptAt, errorMessage } = item;
  if (item.id !== tweet.id || item.userId !== tweet.userId) return 'a queue document of another tweet';
  if ((nextAttemptAt === null) !== (status === 'failed'))
    return `${status} with nextAttemptAt ${nextAttemptAt}`;
  if (attempts > MAX_ATTEMPTS) return `${attempts} attempts`;
  if ((attempts === 0) !== (lastAttemptAt === null))
    return `${attempts} attempts, the last at ${lastAttemptAt}`;
  if ((status === 'pending') !== (attempts === 0)) return `${status} after ${attempts} attempts`;
  if (status === 'failed' && attempts < MAX_ATTEMPTS) return `given up after ${attempts} attempts`;
  return errorMessage ? null : 'in the queue for no reason';
}

/** Of a tweet that is there. */
const STATES: State[] = ['captured', 'published', 'queued', 'failed', 'givenUp'];

/** Which verb may move a tweet from where to where. A capture that adds to a tweet is an `enrich`. */
const MOVES: Record<string, string[]> = {
  create: ['nothing → captured'],
  markPublished: ['captured → published'],
  enqueue: ['captured → queued'],
  recoverOrphans: ['captured → queued'],
  claimDue: ['queued → queued', 'queued → failed'],
  // A dead letter's last claimant may be found to have published it after all.
  settlePublished: ['queued → published', 'failed → published'],
  settleFailed: ['queued → queued', 'queued → failed'],
  requeue: ['queued → queued', 'failed → queued'],
  abandon: ['queued → givenUp', 'failed → givenUp'],
  queueAgain: STATES.map((state) => `${state} → queued`),
  remove: STATES.map((state) => `${state} → deleted`),
  enrich: STATES.map((state) => (state === 'givenUp' ? 'givenUp → givenUp' : `${state} → queued`)),
};

export const isMove = (verb: string, from: State | 'nothing', to: State): boolean =>
  MOVES[verb]?.includes(`${from} → ${to}`) ?? false;
