import type { Services } from '../../../src/app/services.ts';
import { TRIGGER_TIMEOUT_SECONDS } from '../../../src/delivery/policy.ts';
import type { CreatedTweet } from '../../../src/delivery/ports.ts';
import { publishTweet } from '../../../src/delivery/publishTweet.ts';
import type { StoredTweet } from '../../../src/tweets/tweet.ts';
import { servicesOf } from '../processes.ts';
import type { Process } from '../scheduler.ts';
import { nameOf, type World } from '../world.ts';

const DAY = 86_400_000;
const INSTANCES = 2;

/**
 * The platform: delivers an event for each tweet that is created, to instances that take several at a time. Where
 * the function fails, dies or is too slow, the event comes again for a day.
 */
export function events(world: World): void {
  const { random, scheduler, profile, tell, count } = world;
  const instances: { process: Process; services: Services }[] = [];
  let started = 0;

  const instance = () => {
    const slot = random.whole(0, INSTANCES - 1);
    const running = instances[slot];
    if (running?.process.alive && running.process.frozenUntil <= scheduler.now()) return running;
    started += 1;
    const process = world.newProcess(`trigger ${started}`);
    const fresh = { process, services: servicesOf(world, process, 'trigger') };
    instances[slot] = fresh;
    return fresh;
  };

  const deliver = (id: string, since: number, created: CreatedTweet) => {
    const { process, services } = instance();
    let isOver = false;
    const again = (why: string) => {
      if (isOver) return;
      isOver = true;
      tell('the platform', () => `sees the event of ${nameOf(id)} fail at ${process.name}: ${why}`);
      const pause = random.whole(10_000, 600_000);
      if (scheduler.now() + pause < since + DAY)
        scheduler.schedule(pause, null, () => deliver(id, since, created));
    };
    const done = () => {
      isOver = true;
      if (process.alive) world.checker.eventDone(process, id);
    };
    const failed = (error: unknown) => {
      world.expect(process, error);
      again(String(error));
    };
    process.onDeath.push(() => again('it died'));
    scheduler.schedule(TRIGGER_TIMEOUT_SECONDS * 1000, null, () => {
      if (isOver) return;
      again('too slow');
      count('trigger too slow');
      if (random.chance(0.5)) scheduler.kill(process);
    });
    tell('the platform', () => `delivers the event of ${nameOf(id)} to ${process.name}`);
    void world.as(process, () => publishTweet(id, services, created)).then(done, failed);
  };

  world.onCreated((id) => {
    const tweet = structuredClone(world.stored.tweets.get(id) as StoredTweet);
    const created = { tweet, at: new Date(world.wall()), version: null };
    const { lost, late, doubled } = world.isCalm ? { lost: 0, late: 0, doubled: 0 } : profile.trigger;
    const at = () =>
      random.chance(late) ? random.magnitude(1000, 3 * 3_600_000) : random.magnitude(5, 2000);
    if (random.chance(lost)) {
      count('event lost');
      tell('the platform', () => `loses the event of ${nameOf(id)}`);
      return;
    }
    for (let copies = random.chance(doubled) ? random.whole(2, 3) : 1; copies > 0; copies -= 1)
      scheduler.schedule(at(), null, () => deliver(id, scheduler.now(), created));
  });
}
