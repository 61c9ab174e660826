import { Failure } from '../failures.ts';
import { endpoint } from '../http/endpoint.ts';
import { item, toItem } from './item.ts';
import { captureId, keptTweet } from './tweet.ts';

export const getTweet = endpoint({
  name: 'getTweet',
  deployedAs: 'tweet',
  method: 'GET',
  path: '/api/tweets/{tweetId}',
  summary: 'One of my tweets',
  access: 'bearer',
  counting: 'lenient',
  spends: ['reads'],
  params: keptTweet.pick({ tweetId: true }),
  request: null,
  responses: { 200: item },
  failures: ['not_found'],

  async handle({ params, caller }, { tweets }) {
    const found = await tweets.read(captureId(caller.userId, params.tweetId));
    if (!found) throw new Failure('not_found', 'You have no such tweet.');
    return { status: 200, body: toItem(found) };
  },
});
