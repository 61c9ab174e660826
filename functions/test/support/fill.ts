import type { Services } from '../../src/ports.ts';
import { toQueueItem } from '../../src/tweets/delivery.ts';
import type { Capture } from '../../src/tweets/tweet.ts';
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

/** Tweets in the queue that are due now and were not tried yet. */
export async function queued(services: Services, count: number, userId?: string): Promise<Capture[]> {
  const captures = await captured(services, count, userId);
  for (const capture of captures) {
    await services.tweets.enqueue(toQueueItem(capture, 'Pub/Sub answered 503', services.clock.now()));
  }
  return captures;
}
