import type { Brakes } from '../brakes/brakes.ts';
import { PublishError } from '../core/errors.ts';
import { splitBySize } from '../core/portions.ts';
import type { Clock, Log } from '../core/runtime.ts';
import type { StoredTweet } from '../tweets/tweet.ts';
import { encodedBytes } from './message.ts';
import { ORPHAN_AFTER_MS, RETRY_SETTINGS, type RetrySettings } from './policy.ts';
import type { Alert, Outbox, Publisher } from './ports.ts';
import {
  afterFailure,
  asDefective,
  claim,
  defectOf,
  newRecoveredItem,
  type QueueItem,
  type QueueState,
} from './queueItem.ts';

/** The report of one run. `left` is the number of items that are still due. */
export interface RetryRun {
  recovered: number;
  published: number;
  failed: number;
  deadLetters: number;
  outage: boolean;
  /** Whether the operator has paused publishing. Due items stay as they are. */
  paused: boolean;
  left: number;
}

export interface RetryServices {
  outbox: Outbox;
  publisher: Publisher;
  brakes: Brakes;
  alert: Alert;
  clock: Clock;
  /** Returns a number from 0 up to, but not including, 1. */
  random: () => number;
  log: Log;
}

interface Run {
  services: RetryServices;
  settings: RetrySettings;
  report: RetryRun;
  hasTime: () => boolean;
  /** The ids of the dead letters that this run has logged. */
  dead: Set<string>;
}

/**
 * Runs one retry run. It recovers orphans, then claims, publishes and settles due items in batches, until nothing is due,
 * Pub/Sub is down, publishing is paused, or the time is up.
 */
export async function retryQueue(services: RetryServices, settings = RETRY_SETTINGS): Promise<RetryRun> {
  const { outbox, brakes, clock, random, log, alert } = services;
  const stopAt = clock.now().getTime() + settings.budgetMs;
  const hasTime = () => clock.now().getTime() < stopAt;
  const report = {
    recovered: 0,
    published: 0,
    failed: 0,
    deadLetters: 0,
    outage: false,
    paused: false,
    left: 0,
  };
  const run: Run = { services, settings, report, hasTime, dead: new Set() };

  try {
    await recoverOrphans(run);
  } catch (error) {
    // An orphan that cannot be recovered must not block the queue.
    log('ERROR', 'adoption_failed', { reason: String(error) });
  }
  let isDrained = false;
  try {
    while (hasTime() && !report.outage) {
      report.paused = await brakes.isPaused('publishing');
      if (report.paused) break;
      const now = clock.now();
      const claimed = await outbox.claimDue(now, settings, (item) =>
        logIfDeadLetter(claim(item, now, random()), run),
      );
      isDrained = claimed.length === 0;
      if (isDrained) break;
      const alive = claimed.filter(({ status }) => status !== 'failed');
      report.deadLetters += claimed.length - alive.length;
      const usable = await withoutDefects(alive, run);
      for (const portion of splitBySize(usable, encodedBytes, settings.maxPublishBytes))
        await deliver(portion, run);
    }
    if (!isDrained) report.left = await outbox.countDue(clock.now());
    log(report.outage || report.paused ? 'WARNING' : 'INFO', 'retry_run', { ...report });
  } finally {
    if (run.dead.size > 0) await alert([...run.dead]);
  }
  return report;
}

async function recoverOrphans(run: Run): Promise<void> {
  const { services, settings, report } = run;
  const { outbox, clock } = services;
  const startedAt = clock.now().getTime();
  const before = new Date(startedAt - ORPHAN_AFTER_MS);
  const toItem = (tweet: StoredTweet) => logIfDeadLetter(newRecoveredItem(tweet, clock.now()), run);
  while (clock.now().getTime() < startedAt + settings.recoverBudgetMs) {
    const recovered = await outbox.recoverOrphans(before, settings.maxRecoverItems, toItem);
    if (recovered === 0) break;
    report.recovered += recovered;
  }
  report.deadLetters += run.dead.size;
}

/** Turns items with an unusable message into dead letters, and returns the others. */
async function withoutDefects(items: QueueItem[], run: Run): Promise<QueueItem[]> {
  const { outbox, clock } = run.services;
  const defects = new Map(items.flatMap((item) => [[item, defectOf(item)] as const]));
  const unusable = items.filter((item) => defects.get(item) !== null);
  if (unusable.length === 0) return items;
  const now = clock.now();
  await outbox.settleFailed(
    unusable.map((item) => logIfDeadLetter(asDefective(item, defects.get(item) ?? '', now), run)),
  );
  run.report.deadLetters += unusable.length;
  return items.filter((item) => defects.get(item) === null);
}

/** Publishes and settles claimed items. If Pub/Sub rejects a batch, it is halved until the rejected message is alone. */
async function deliver(items: QueueItem[], run: Run): Promise<void> {
  const { services, report, hasTime } = run;
  if (items.length === 0) return;
  if (report.outage) return await postpone(items, 'Pub/Sub was unavailable earlier in this run', run);
  let messageIds: string[];
  try {
    messageIds = await services.publisher.publish(items);
  } catch (error) {
    if (!(error instanceof PublishError)) throw error;
    if (error.kind === 'rejected' && items.length > 1 && hasTime()) {
      const half = Math.ceil(items.length / 2);
      await deliver(items.slice(0, half), run);
      return await deliver(items.slice(half), run);
    }
    report.outage = error.kind === 'outage';
    return await postpone(items, error.message, run);
  }
  const published = items.map((item, index) => ({ item, messageId: messageIds[index] as string }));
  await services.outbox.settlePublished(published, services.clock.now());
  report.published += items.length;
}

async function postpone(items: QueueItem[], reason: string, run: Run): Promise<void> {
  const { services, report } = run;
  const { outbox, clock } = services;
  const failed = items.map((item) => logIfDeadLetter(afterFailure(item, reason, clock.now()), run));
  await outbox.settleFailed(failed);
  report.failed += items.length;
  report.deadLetters += failed.filter(({ status }) => status === 'failed').length;
}

/**
 * Logs an item if it is a dead letter, and returns it. Alerts match severity ERROR and the message `dead_letter`. The line
 * is written before the commit, so it can appear twice but is never missing.
 */
function logIfDeadLetter<T extends QueueState>(item: T, { services: { log }, dead }: Run): T {
  const { id, status, attempts, errorMessage, attributes } = item;
  if (status === 'failed') {
    dead.add(id);
    log('ERROR', 'dead_letter', { id, attempts, errorMessage, requestId: attributes.requestId });
  }
  return item;
}
