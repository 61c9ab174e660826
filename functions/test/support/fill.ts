import type { Services } from '../../src/app/services.ts';
import { newQueueItem } from '../../src/delivery/queueItem.ts';
import type { Capture } from '../../src/tweets/tweet.ts';
import type { memoryServices } from './memory/services.ts';
import { sampleCapture } from './samples.ts';

/** Tweets that were captured just now and whose trigger has not reported. */
export async function captured(
  { tweets, clock }: Services,
  count: number,
  userId?: string,
): Promise<Capture[]> {
  const captures = Array.from({ length: count }, () => sampleCapture(clock.now(), userId));
  for (const capture of captures) await tweets.create(capture);
  return captures;
}

/** The ids of tweets that were captured a step apart, from the newest to the oldest. */
export async function capturedApart(
  { services, clock }: ReturnType<typeof memoryServices>,
  count: number,
  userId: string,
  stepMs = 60_000,
): Promise<string[]> {
  const ids: string[] = [];
  for (let each = 0; each < count; each += 1) {
    const [capture] = await captured(services, 1, userId);
    ids.unshift(capture?.fields.tweetId ?? '');
    clock.advance(stepMs);
  }
  return ids;
}

/** Tweets in the queue that are due now and were not tried yet. */
export async function queued(services: Services, count: number, userId?: string): Promise<Capture[]> {
  const captures = await captured(services, count, userId);
  for (const capture of captures) {
    await services.outbox.enqueue(newQueueItem(capture, 'Pub/Sub answered 503', services.clock.now()));
  }
  return captures;
}
