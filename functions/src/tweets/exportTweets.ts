import { z } from 'zod';
import { csv } from '../http/csv.ts';
import { endpoint } from '../http/endpoint.ts';
import { inFormats, JSON_LINES } from '../http/textStream.ts';
import { filterQuery } from './filters.ts';
import { item, toItem } from './item.ts';
import type { StoredTweet } from './tweet.ts';

/** In their order, to which scripts and formulas hold: a new field is a new last column. */
const COLUMNS = [
  'tweetId',
  'authorUsername',
  'authorDisplayName',
  'tweetText',
  'tweetUrl',
  'timestamp',
  'capturedAt',
  'createdAt',
  'status',
  'publishedAt',
  'messageId',
  'threadId',
  'parentTweetId',
  'conversationId',
  'isReply',
  'isRetweet',
  'isQuoteTweet',
  'isThread',
  'hasImage',
  'hasVideo',
  'hasLink',
  'source',
] as const;

export const exportTweets = endpoint({
  name: 'exportTweets',
  method: 'GET',
  path: '/api/tweets/export',
  summary: 'All my tweets that pass the filters of the list, the latest captured first, as JSON Lines or CSV',
  access: 'bearer',
  counting: 'lenient',
  perMinute: 5,
  query: z.object({
    format: z.enum(['jsonl', 'csv'], 'must be jsonl or csv').default('jsonl'),
    ...filterQuery,
  }),
  responseHeaders: {
    'Content-Disposition': z.string().meta({
      description: 'The name of the file.',
      examples: ['attachment; filename="tweets-2026-03-01.jsonl"'],
    }),
  },
  request: null,
  responses: { 200: inFormats(item, { jsonl: JSON_LINES, csv: csv(COLUMNS) }) },
  failures: [],

  async handle({ caller: { userId }, query: { format, ...filters } }, { tweetLists, clock }) {
    const name = `tweets-${clock.now().toISOString().slice(0, 10)}.${format}`;
    return {
      status: 200,
      body: { format, items: asItems(tweetLists.everyTweet(userId, filters)) },
      headers: { 'Content-Disposition': `attachment; filename="${name}"` },
    };
  },
});

async function* asItems(tweets: AsyncIterable<StoredTweet>) {
  for await (const tweet of tweets) yield toItem(tweet);
}
