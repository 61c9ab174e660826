import { z } from 'zod';
import { AppError } from '../core/errors.ts';
import type { Clock } from '../core/runtime.ts';
import { endpoint } from '../http/endpoint.ts';
import type { TweetStore } from './ports.ts';
import { captureId, storedTweetFields } from './tweet.ts';

export const deleteTweet = endpoint({
  name: 'deleteTweet',
  method: 'DELETE',
  path: '/api/tweets/{tweetId}',
  summary: 'Delete one of my tweets permanently. It is neither published nor captured again',
  access: 'bearer',
  rateLimitMode: 'lenient',
  params: storedTweetFields.pick({ tweetId: true }),
  request: null,
  responses: { 204: z.null() },
  errors: ['not_found'],

  async handle(
    { params: { tweetId }, caller, audit },
    { tweets, clock }: { tweets: TweetStore; clock: Clock },
  ) {
    const { userId, sessionId } = caller;
    const outcome = await tweets.remove(captureId(userId, tweetId), clock.now());
    if (outcome === 'unknown') throw new AppError('not_found', 'You have no such tweet.');
    await audit('tweet_deleted', 'success', { userId, sessionId, reason: tweetId });
    return { status: 204, body: null };
  },
});
