import { z } from 'zod';
import { AppError } from '../core/errors.ts';
import type { Clock } from '../core/runtime.ts';
import type { QueueOperations } from '../delivery/ports.ts';
import { newQueueItem, requeue } from '../delivery/queueItem.ts';
import { endpoint } from '../http/endpoint.ts';
import type { TweetStore } from '../tweets/ports.ts';
import { captureId, storedTweetFields } from '../tweets/tweet.ts';

export const republish = endpoint({
  name: 'republish',
  method: 'POST',
  path: '/api/admin/tweets/{userId}/{tweetId}/republish',
  summary: 'Queue a tweet in any state, so that the next retry run publishes it again',
  access: 'admin',
  rateLimitMode: 'lenient',
  params: z.object({ userId: z.uuid().toLowerCase(), tweetId: storedTweetFields.shape.tweetId }),
  request: null,
  responses: { 200: z.object({ status: z.literal('queued') }) },
  errors: ['not_found'],

  async handle(
    { params, caller, audit, log },
    {
      tweets,
      queueOperations,
      clock,
    }: { tweets: TweetStore; queueOperations: QueueOperations; clock: Clock },
  ) {
    const { userId, sessionId } = caller;
    const id = captureId(params.userId, params.tweetId);
    if (!(await tweets.read(id))) throw new AppError('not_found', 'There is no such tweet.');
    // Before the commit, so that an interrupted request is recorded, too.
    await audit('admin_republish', 'success', { userId, sessionId, reason: params.tweetId });
    const now = clock.now();
    await queueOperations.queueAgain(
      id,
      (tweet) => newQueueItem(tweet, 'An operator republished the tweet', now),
      (item) => requeue(item, now),
    );
    log('INFO', 'tweet_republished', { id });
    return { status: 200, body: { status: 'queued' as const } };
  },
});
