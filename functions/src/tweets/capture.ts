import { z } from 'zod';
import type { Brakes } from '../brakes/brakes.ts';
import type { Config } from '../config/parameters.ts';
import type { Clock, Ids, Log } from '../core/runtime.ts';
import { endpoint } from '../http/endpoint.ts';
import type { TweetStore } from './ports.ts';
import { preferredWait } from './prefer.ts';
import {
  type CaptureOutcome,
  enriched,
  holdIfPaused,
  liveTweetFields,
  newCapture,
  type StoredTweet,
} from './tweet.ts';
import { waitForOutcome } from './waitForOutcome.ts';

const tweetId = liveTweetFields.shape.tweetId.meta({ examples: ['1790000000000000001'] });
const messageId = z.string().meta({ examples: ['projects/tweets/topics/tweet-likes-raw/messages/17'] });
const captured = z
  .discriminatedUnion('status', [
    z.object({ status: z.literal('published'), tweetId, messageId }),
    z.object({
      status: z.literal('queued'),
      tweetId,
      message: z.string().meta({ examples: ['Stored. Publishing is in progress'] }),
    }),
    z.object({
      status: z.literal('duplicate'),
      tweetId,
      enriched,
      message: z.string().meta({ examples: ['Tweet already captured'] }),
    }),
  ])
  .meta({ id: 'CaptureOutcome' });

interface CaptureServices {
  tweets: TweetStore;
  brakes: Brakes;
  clock: Clock;
  ids: Ids;
  config: Pick<Config, 'CAPTURE_WAIT_MS'>;
}

export const capture = endpoint({
  name: 'capture',
  method: 'POST',
  path: '/api/tweets/capture',
  summary: 'Store a liked tweet and publish it to Pub/Sub',
  access: 'bearer',
  rateLimitMode: 'lenient',
  brake: 'captures',
  spends: ['captures', 'bytes'],
  requestHeaders: {
    Prefer: z.string().meta({
      description:
        'respond-async: respond right after the write. wait=N: wait up to N seconds, at most 10 (RFC 7240).',
      examples: ['wait=10'],
    }),
  },
  responseHeaders: {
    'Preference-Applied': z
      .string()
      .meta({ description: 'The preferences that were honored.', examples: ['wait=10'] }),
  },
  request: liveTweetFields,
  responses: { 200: captured },
  errors: [],

  async handle({ body, caller, requestId, header, log, audit }, services: CaptureServices) {
    const wait = preferredWait(header('prefer'), services.config.CAPTURE_WAIT_MS);
    const item = newCapture({
      userId: caller.userId,
      fields: body,
      source: 'chrome-extension',
      requestId,
      operationId: services.ids(),
      createdAt: services.clock.now(),
      ...(await holdIfPaused(services.brakes)),
    });
    const stored = await services.tweets.create(item);
    const { userId, sessionId } = caller;
    await audit('capture', 'success', { userId, sessionId, reason: stored, lineOnly: true });
    const answer =
      stored === 'created'
        ? toAnswer(body.tweetId, await outcomeWithin(item.id, wait.milliseconds, services, log))
        : duplicate(body.tweetId, stored);
    return { status: 200, body: answer, headers: wait.applied ? { 'Preference-Applied': wait.applied } : {} };
  },
});

type Answer = z.output<typeof captured>;

function duplicate(tweetId: string, stored: CaptureOutcome): Answer {
  const enriched = stored === 'enriched' && ({ enriched: true } as const);
  return { status: 'duplicate', tweetId, ...enriched, message: 'Tweet already captured' };
}

function toAnswer(tweetId: string, outcome: StoredTweet | null): Answer {
  if (outcome?.messageId) return { status: 'published', tweetId, messageId: outcome.messageId };
  const message = outcome
    ? 'Stored. Pub/Sub is not available; publishing will be retried'
    : 'Stored. Publishing is in progress';
  return { status: 'queued', tweetId, message };
}

/** The tweet is stored, so a failed wait only means that the result is unknown. */
async function outcomeWithin(id: string, milliseconds: number, services: CaptureServices, log: Log) {
  try {
    return await waitForOutcome(id, milliseconds, services);
  } catch (error) {
    log('WARNING', 'outcome_unknown', { id, reason: String(error) });
    return null;
  }
}
