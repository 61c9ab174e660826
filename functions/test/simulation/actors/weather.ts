import type { Weather } from '../topic.ts';
import type { World } from '../world.ts';

const DOWN: Weather[] = ['slow', 'refusing', 'hanging'];

/** Pub/Sub's ups and downs. */
export function weather(world: World): void {
  const { random, scheduler, profile, topic, tell } = world;
  const change = () => {
    if (world.isCalm) return;
    topic.weather = topic.weather === 'up' ? random.pick(DOWN) : 'up';
    tell('Pub/Sub', () => `is ${topic.weather} now`);
    scheduler.schedule(random.magnitude(2000, profile.faultsMs), null, change);
  };
  if (profile.pubsub.hasOutages)
    scheduler.schedule(random.chance(0.5) ? 0 : random.magnitude(100, profile.faultsMs), null, change);
}
