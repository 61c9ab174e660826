import { z } from 'zod';
import { endpoint } from '../http/endpoint.ts';
import { pageOf, pageQuery, readPage } from '../http/page.ts';
import { filterQuery } from './filters.ts';
import type { TweetLists } from './ports.ts';
import { toTweetResponse, tweetResponse } from './tweetResponse.ts';

export const listTweets = endpoint({
  name: 'listTweets',
  method: 'GET',
  path: '/api/tweets',
  summary:
    'List my tweets, the latest captured first. from (inclusive) and to (exclusive) are times of capture',
  access: 'bearer',
  rateLimitMode: 'lenient',
  spends: ['reads'],
  // Each reads a few megabytes at a time.
  maxParallel: 4,
  query: z.object({ ...pageQuery, ...filterQuery }),
  request: null,
  responses: { 200: pageOf(tweetResponse) },
  errors: [],

  async handle(
    { caller: { userId }, query: { status, author, from, to, ...page } },
    { tweetLists }: { tweetLists: TweetLists },
  ) {
    const filters = { status, author, from, to };
    const list = { of: 'tweets', userId, ...filters };
    const { items, nextCursor } = await readPage(page, list, (limit, after) =>
      tweetLists.tweets(userId, filters, limit, after),
    );
    return { status: 200, body: { items: items.map(toTweetResponse), nextCursor } };
  },
});
