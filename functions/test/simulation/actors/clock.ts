import type { World } from '../world.ts';

const HOUR = 3_600_000;

/** Wall clocks that are set: far ahead, or a little back. */
export function clockJumps(world: World): void {
  const { random, scheduler, profile, tell } = world;
  for (let jump = 0; jump < profile.clockJumps; jump += 1) {
    scheduler.schedule(random.magnitude(100, profile.faultsMs), null, () => {
      const byMs = random.chance(0.7) ? random.magnitude(1000, 20 * HOUR) : -random.magnitude(1000, HOUR / 6);
      world.jump(byMs);
      tell('the clock', () => `jumps by ${Math.round(byMs / 1000)} s`);
    });
  }
}
