import { AppError } from '../core/errors.ts';
import { endpoint } from '../http/endpoint.ts';
import type { TweetStore } from './ports.ts';
import { captureId, storedTweetFields } from './tweet.ts';
import { toTweetResponse, tweetResponse } from './tweetResponse.ts';

export const getTweet = endpoint({
  name: 'getTweet',
  method: 'GET',
  path: '/api/tweets/{tweetId}',
  summary: 'Get one of my tweets',
  access: 'bearer',
  rateLimitMode: 'lenient',
  spends: ['reads'],
  params: storedTweetFields.pick({ tweetId: true }),
  request: null,
  responses: { 200: tweetResponse },
  errors: ['not_found'],

  async handle({ params, caller }, { tweets }: { tweets: TweetStore }) {
    const found = await tweets.read(captureId(caller.userId, params.tweetId));
    if (!found) throw new AppError('not_found', 'You have no such tweet.');
    return { status: 200, body: toTweetResponse(found) };
  },
});
