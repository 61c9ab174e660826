import type { OutboundMessage, QueueItem } from '../../src/delivery/queueItem.ts';
import type { StoredTweet } from '../../src/tweets/tweet.ts';
import type { State } from './states.ts';

/** What of a tweet must not change by itself from one commit to the next. */
export interface View {
  state: State;
  attempts: number;
  dueAt: number | null;
  lastAttemptAt: number | null;
  errorMessage: string | null;
  messageId: string | null;
  pendingSince: number | null;
  /** 0 for a deleted one. */
  revision: number;
}

export function viewOf(state: State, tweet: StoredTweet | undefined, item: QueueItem | undefined): View {
  return {
    state,
    attempts: item?.attempts ?? 0,
    dueAt: item?.nextAttemptAt?.getTime() ?? null,
    lastAttemptAt: item?.lastAttemptAt?.getTime() ?? null,
    errorMessage: item?.errorMessage ?? null,
    messageId: tweet?.messageId ?? null,
    pendingSince: tweet?.pendingSince?.getTime() ?? null,
    revision: tweet ? (tweet.revision ?? 1) : 0,
  };
}

/** What consumers are promised, by the contract alone. */
export function messageOf({
  userId,
  fields: tweet,
  source,
  requestId,
  createdAt,
  revision,
}: StoredTweet): OutboundMessage {
  return {
    data: structuredClone(tweet),
    attributes: {
      userId,
      captureDate: createdAt.toISOString().slice(0, 10),
      source,
      version: '1.0.0',
      tweetId: tweet.tweetId,
      dedupeKey: `${userId}_${tweet.tweetId}`,
      requestId,
      ...(revision !== undefined && { revision: `${revision}` }),
    },
  };
}
