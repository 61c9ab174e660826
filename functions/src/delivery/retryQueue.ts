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

/** What one run did; `left` counts the items still due when it stopped. */
export interface RetryRun {
  recovered: number;
  published: number;
  failed: number;
  deadLetters: number;
  outage: boolean;
  /** Publishing was paused by the operator; what is due stays as it is. */
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
  /** The ids of the dead letters that this run told of. */
  dead: Set<string>;
}

/**
 * One retry run: adopts the tweets whose trigger was lost, then claims, publishes and settles what is due,
 * batch by batch, until nothing is due, Pub/Sub is found down, publishing is paused, or its time is up.
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
    // The queue must not wait for a tweet that cannot be recovered.
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

/** Makes dead letters of the items whose message cannot be used, and gives the others. */
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

/** Publishes and settles claimed items. A batch that is refused as such is halved until the culprit is alone. */
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
 * The item, after the log line that tells someone if it is a dead letter: alerts match severity ERROR and the
 * message `dead_letter`. It comes before the commit, so it may come twice, but never not at all.
 */
function logIfDeadLetter<T extends QueueState>(item: T, { services: { log }, dead }: Run): T {
  const { id, status, attempts, errorMessage, attributes } = item;
  if (status === 'failed') {
    dead.add(id);
    log('ERROR', 'dead_letter', { id, attempts, errorMessage, requestId: attributes.requestId });
  }
  return item;
}
