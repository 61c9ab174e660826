import { TUNING } from '../config.ts';
import { PublishFailure } from '../failures.ts';
import type { Services } from '../ports.ts';
import { afterFailure, claim, type QueueItem, toQueueItem } from './delivery.ts';

/** What one run did; `left` counts the items still due when it stopped. */
export interface RetryRun {
  adopted: number;
  published: number;
  failed: number;
  deadLetters: number;
  outage: boolean;
  left: number;
}

/**
 * One retry run: adopts the tweets whose trigger was lost, then claims, publishes and settles what is due,
 * batch by batch, until nothing is due, Pub/Sub is found down, or its time is up.
 */
export async function retryQueue(services: Services): Promise<RetryRun> {
  const { tweets, clock, log } = services;
  const stopAt = clock.now().getTime() + TUNING.retryBudgetMs;
  const hasTime = () => clock.now().getTime() < stopAt;
  const run: RetryRun = { adopted: 0, published: 0, failed: 0, deadLetters: 0, outage: false, left: 0 };

  run.adopted = await adoptLost(services, hasTime);
  while (hasTime() && !run.outage) {
    const now = clock.now();
    const claimed = await tweets.claimDue(now, TUNING.retryBatch, (item) => claim(item, now));
    if (claimed.length === 0) break;
    const dead = claimed.filter((item) => item.status === 'failed');
    reportDeadLetters(dead, run, services);
    await deliver(
      claimed.filter((item) => item.status !== 'failed'),
      run,
      services,
    );
  }
  run.left = await tweets.countDue(clock.now());
  log(run.outage ? 'WARNING' : 'INFO', 'retry_run', { ...run });
  return run;
}

async function adoptLost({ tweets, clock }: Services, hasTime: () => boolean): Promise<number> {
  const before = new Date(clock.now().getTime() - TUNING.adoptAfterMs);
  let total = 0;
  while (hasTime()) {
    const adopted = await tweets.adopt(before, TUNING.retryBatch, (tweet) =>
      toQueueItem(tweet, 'The trigger did not report an outcome', clock.now()),
    );
    total += adopted;
    if (adopted === 0) break;
  }
  return total;
}

/** Publishes and settles claimed items. A batch that is refused as such is halved until the culprit is alone. */
async function deliver(items: QueueItem[], run: RetryRun, services: Services): Promise<void> {
  const { tweets, publisher, clock } = services;
  if (items.length === 0) return;
  let messageIds: string[];
  try {
    messageIds = await publisher.publish(items);
  } catch (error) {
    if (!(error instanceof PublishFailure)) throw error;
    if (error.kind === 'rejected' && items.length > 1) {
      const half = Math.ceil(items.length / 2);
      await deliver(items.slice(0, half), run, services);
      return await deliver(items.slice(half), run, services);
    }
    run.outage ||= error.kind === 'outage';
    return await postpone(items, error.message, run, services);
  }
  const published = items.map((item, index) => ({ item, messageId: messageIds[index] as string }));
  await tweets.settlePublished(published, clock.now());
  run.published += items.length;
}

async function postpone(
  items: QueueItem[],
  reason: string,
  run: RetryRun,
  services: Services,
): Promise<void> {
  const { tweets, clock, random } = services;
  const now = clock.now();
  const failed = items.map((claimed) => ({ claimed, next: afterFailure(claimed, reason, now, random()) }));
  const written = await tweets.settleFailed(failed);
  run.failed += items.length;
  reportDeadLetters(
    written.filter((item) => item.status === 'failed'),
    run,
    services,
  );
}

/** The log line that tells someone: alerts match severity ERROR and the message `dead_letter`. */
function reportDeadLetters(dead: QueueItem[], run: RetryRun, { log }: Services): void {
  run.deadLetters += dead.length;
  for (const { id, attempts, errorMessage, attributes } of dead) {
    log('ERROR', 'dead_letter', { id, attempts, errorMessage, requestId: attributes.requestId });
  }
}
