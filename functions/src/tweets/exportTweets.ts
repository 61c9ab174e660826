import { z } from 'zod';
import type { Clock } from '../core/runtime.ts';
import { csv } from '../http/csv.ts';
import { endpoint } from '../http/endpoint.ts';
import { inFormats, JSON_LINES } from '../http/textStream.ts';
import { filterQuery, time } from './filters.ts';
import type { TweetLists } from './ports.ts';
import { captureId, type StoredTweet } from './tweet.ts';
import { toTweetResponse, tweetResponse } from './tweetResponse.ts';

/** Scripts and formulas depend on the order, so a new field is appended. */
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

/** A row's createdAt and tweetId. In CSV the id starts with an apostrophe. */
const after = z
  .string()
  .regex(/^[^,]+,'?[0-9]{1,20}$/, 'must be the createdAt and the tweetId of a row, separated by a comma')
  .transform((row) => {
    const [createdAt = '', tweetId = ''] = row.split(',');
    return { createdAt, tweetId: tweetId.replace("'", '') };
  })
  .pipe(z.object({ createdAt: time, tweetId: z.string() }));

export const exportTweets = endpoint({
  name: 'exportTweets',
  method: 'GET',
  path: '/api/tweets/export',
  summary:
    'Export my tweets as JSON Lines or CSV, in parts of about 8 MB, with the filters and the order of the list',
  access: 'bearer',
  rateLimitMode: 'lenient',
  spends: ['exports', 'reads'],
  perMinute: 5,
  maxParallel: 4,
  query: z.object({
    format: z.enum(['jsonl', 'csv'], 'must be jsonl or csv').default('jsonl'),
    after: after.optional().meta({
      description:
        'Continue after this row of the same export: its createdAt and tweetId, separated by a comma',
    }),
    ...filterQuery,
  }),
  responseHeaders: {
    'Content-Disposition': z.string().meta({
      description: 'The file name.',
      examples: ['attachment; filename="tweets-2026-03-01.jsonl"'],
    }),
    'X-Total-Count': z.string().meta({
      description:
        'The number of rows from here to the end of the export. If the part has fewer, request the rest with after.',
      examples: ['1042'],
    }),
  },
  request: null,
  // The OpenAPI document describes the last one of each media type.
  responses: {
    200: inFormats(tweetResponse, {
      jsonl: JSON_LINES,
      csvRows: csv(COLUMNS, { header: false }),
      csv: csv(COLUMNS),
    }),
  },
  errors: [],

  async handle(
    { caller: { userId }, query: { format, after, ...filters } },
    { tweetLists, clock }: { tweetLists: TweetLists; clock: Clock },
  ) {
    const name = `tweets-${clock.now().toISOString().slice(0, 10)}.${format}`;
    const place = after ? { createdAt: after.createdAt, id: captureId(userId, after.tweetId) } : null;
    const total = await tweetLists.count(userId, filters, place);
    return {
      status: 200,
      body: {
        // Without a second header row, parts can be concatenated.
        format: format === 'csv' && after ? ('csvRows' as const) : format,
        items: asItems(tweetLists.everyTweet(userId, filters, place)),
        total,
      },
      headers: {
        'Content-Disposition': `attachment; filename="${name}"`,
        'X-Total-Count': String(total),
      },
    };
  },
});

async function* asItems(tweets: AsyncIterable<StoredTweet>) {
  for await (const tweet of tweets) yield toTweetResponse(tweet);
}
