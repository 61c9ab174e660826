import { ORPHAN_AFTER_MS, RETRY_SCHEDULE, RETRY_SETTINGS } from '../../../src/delivery/policy.ts';
import { retryQueue } from '../../../src/delivery/retryQueue.ts';
import { servicesOf } from '../processes.ts';
import type { World } from '../world.ts';

const PERIOD_MS = 5 * 60_000;

/** The schedule, and runs beside it. A run that exceeds its time is killed, or goes on with nobody waiting for it. */
export function retryRuns(world: World): void {
  const { random, scheduler, profile, stored, tell, count } = world;
  let started = 0;
  const settings = {
    ...RETRY_SETTINGS,
    maxClaimItems: profile.batch,
    maxRecoverItems: profile.batch,
    maxClaimBytes: profile.batchBytes,
  };

  const run = () => {
    started += 1;
    const process = world.newProcess(`retry run ${started}`);
    let isOver = false;
    tell(process.name, () => 'starts');
    const over = (outcome: string) => {
      isOver = true;
      if (!process.alive) return;
      tell(process.name, () => `ends: ${outcome}`);
      world.end(process);
    };
    scheduler.schedule(RETRY_SCHEDULE.timeoutSeconds * 1000, null, () => {
      if (isOver || !process.alive) return;
      count('retry run too slow');
      tell('the platform', () => `has waited too long for ${process.name}`);
      if (random.chance(0.3)) scheduler.kill(process);
    });
    void world
      .as(process, () => retryQueue(servicesOf(world, process, 'retryRun'), settings))
      .then((report) => over(JSON.stringify(report)))
      .catch((error) => {
        world.expect(process, error);
        over(String(error));
      });
  };

  /** A run that finds nothing is much like another: most of them are left out. */
  const hasWork = () => {
    const now = world.wall();
    const isLost = (since: Date | null) => since !== null && Number(since) + ORPHAN_AFTER_MS <= now;
    return (
      [...stored.tweets.values()].some(({ pendingSince }) => isLost(pendingSince)) ||
      [...stored.queue.values()].some(({ nextAttemptAt }) => nextAttemptAt && Number(nextAttemptAt) <= now)
    );
  };

  const tick = () => {
    scheduler.schedule(PERIOD_MS, null, tick);
    if (!hasWork() && !random.chance(0.05)) return;
    if (world.isCalm) return run();
    if (random.chance(profile.retryRun.missed)) return;
    run();
    if (!random.chance(profile.retryRun.overlaps)) return;
    count('retry runs overlap');
    for (let more = random.whole(1, 2); more > 0; more -= 1)
      scheduler.schedule(random.magnitude(1, 120_000), null, run);
  };
  scheduler.schedule(random.whole(0, PERIOD_MS), null, tick);
}
