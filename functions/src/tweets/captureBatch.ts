import { z } from 'zod';
import type { Brakes } from '../brakes/brakes.ts';
import type { Clock, Ids } from '../core/runtime.ts';
import { endpoint } from '../http/endpoint.ts';
import { check } from '../http/json.ts';
import { fieldError } from '../http/problem.ts';
import type { TweetStore } from './ports.ts';
import { postedAt } from './snowflake.ts';
import { isNotice } from './text.ts';
import {
  archivedTweetFields,
  type Capture,
  enriched,
  holdIfPaused,
  liveTweetFields,
  newCapture,
  type Source,
  source,
  type TweetFields,
} from './tweet.ts';

/** A batch costs one request for every ten tweets. Its body may hold 100 of the largest captures. */
export const BATCH = {
  maxTweets: 100,
  tweetsPerRequest: 10,
  body: { limitBytes: 100 * 64 * 1024, deadlineMs: 20_000 },
} as const;

const { maxTweets, tweetsPerRequest, body } = BATCH;

const outcome = z.discriminatedUnion('status', [
  z.object({ tweetId: z.string(), status: z.literal('queued') }),
  z.object({
    tweetId: z.string(),
    status: z.literal('duplicate'),
    enriched,
  }),
  z.object({
    tweetId: z.string().nullable().meta({ description: 'As sent; null if it is not a string' }),
    status: z.literal('invalid'),
    errors: z.array(fieldError),
  }),
]);
type Outcome = z.input<typeof outcome>;

export const captureBatch = endpoint({
  name: 'captureBatch',
  method: 'POST',
  path: '/api/tweets/batch',
  summary: `Store up to ${maxTweets} liked tweets. An invalid tweet does not affect the others`,
  access: 'bearer',
  rateLimitMode: 'lenient',
  brake: 'captures',
  spends: ['captures', 'bytes'],
  rateLimitCost: { list: 'tweets', entriesPerRequest: tweetsPerRequest, maxEntries: maxTweets },
  body,
  // The parsed JSON of the largest body takes fifty times as much memory.
  maxParallel: 1,
  request: z
    .object({
      source: source.default('chrome-extension'),
      // Each entry is validated on its own. The union only documents the expected shapes.
      tweets: z.array(z.union([z.unknown(), liveTweetFields, archivedTweetFields])).meta({
        description: `Up to ${maxTweets}: Tweet, or ArchivedTweet if source is archive`,
      }),
    })
    .meta({
      examples: [{ source: 'archive', tweets: [{ tweetId: '20', tweetText: 'just setting up my twttr' }] }],
    }),
  responses: {
    200: z.object({
      results: z.array(outcome).meta({
        description: 'One result for each tweet, in the same order',
        examples: [[{ tweetId: '20', status: 'queued' }]],
      }),
    }),
  },
  errors: [],

  async handle(
    { body, caller, requestId, audit },
    { tweets, brakes, clock, ids }: { tweets: TweetStore; brakes: Brakes; clock: Clock; ids: Ids },
  ) {
    const { userId, sessionId } = caller;
    const createdAt = clock.now();
    const common = {
      userId,
      source: body.source,
      requestId,
      operationId: ids(),
      createdAt,
      ...(await holdIfPaused(brakes)),
    };
    const checked = body.tweets.map((sent) => read(sent, body.source, createdAt));

    const captures = new Map<string, Capture>();
    for (const { data } of checked) {
      // The first of several captures of one tweet counts.
      if (data && !captures.has(data.tweetId)) {
        captures.set(data.tweetId, newCapture({ ...common, fields: data }));
      }
    }
    const stored = await tweets.createAll([...captures.values()]);
    const byId = new Map([...captures.keys()].map((tweetId, index) => [tweetId, stored[index]]));

    const results = checked.map(({ data, errors }, index): Outcome => {
      if (errors) return { tweetId: sentId(body.tweets[index]), status: 'invalid', errors };
      const { tweetId } = data;
      const outcome = byId.get(tweetId);
      byId.delete(tweetId);
      if (outcome === 'created') return { tweetId, status: 'queued' };
      return { tweetId, status: 'duplicate', ...(outcome === 'enriched' && { enriched: true as const }) };
    });
    await audit('capture', 'success', { userId, sessionId, reason: formatCounts(results), lineOnly: true });
    return { status: 200, body: { results } };
  },
});

function read(sent: unknown, source: Source, now: Date): ReturnType<typeof check<z.ZodType<TweetFields>>> {
  if (source !== 'archive') return check(liveTweetFields, sent);
  const checked = check(archivedTweetFields, sent);
  if (checked.errors) return checked;
  const { tweetId, tweetText } = checked.data;
  const timestamp = checked.data.timestamp ?? postedAt(tweetId, now);
  return {
    data: {
      ...checked.data,
      // An archive has a notice of X in place of a text that it may not show.
      tweetText: tweetText !== null && isNotice(tweetText) ? null : tweetText,
      ...(timestamp !== null && { timestamp }),
    },
  };
}

function sentId(sent: unknown): string | null {
  const { tweetId } = (sent ?? {}) as { tweetId?: unknown };
  return typeof tweetId === 'string' ? tweetId : null;
}

/** For example `82 queued, 11 duplicate`. */
function formatCounts(results: Outcome[]): string {
  const counts = Object.groupBy(results, (each) => ('enriched' in each ? 'enriched' : each.status));
  return Object.entries(counts)
    .map(([status, those]) => `${those.length} ${status}`)
    .join(', ');
}
