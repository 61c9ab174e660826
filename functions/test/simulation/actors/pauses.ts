import type { World } from '../world.ts';

const HOUR = 3_600_000;

/** The operator pauses publishing for hours now and then, and resumes before the faults end. */
export function pauses(world: World): void {
  const { random, scheduler, profile, tell, count } = world;
  const resume = () => {
    if (world.pausedAt === null) return;
    world.paused.publishing = null;
    world.pausedAt = null;
    tell('the operator', () => 'resumes publishing');
  };
  const pause = () => {
    if (world.isCalm || world.pausedAt !== null) return;
    world.paused.publishing = new Date(world.wall());
    world.pausedAt = scheduler.now();
    tell('the operator', () => 'pauses publishing');
    count('publishing paused');
    scheduler.schedule(random.magnitude(60_000, 10 * HOUR), null, resume);
  };
  for (let number = 1; number <= profile.pauses; number += 1) {
    const within = random.chance(0.5) ? profile.captureWindowMs : profile.faultsMs;
    scheduler.schedule(random.whole(0, within), null, pause);
  }
  scheduler.schedule(profile.faultsMs, null, resume);
}
