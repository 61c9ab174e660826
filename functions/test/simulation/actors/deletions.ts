import { deleteTweet } from '../../../src/tweets/deleteTweet.ts';
import { call } from '../../support/call.ts';
import { calledBy, servicesOf } from '../processes.ts';
import { nameOf, type World } from '../world.ts';

/** Owners who delete a tweet of theirs, whatever has become of it; some at the same time as others, or once more. */
export function deletions(world: World): void {
  const { random, scheduler, profile, stored } = world;
  const known = () => [...stored.tweets.keys(), ...stored.deleted.keys()];
  for (let number = 1; number <= profile.deletions; number += 1) {
    scheduler.schedule(random.magnitude(100, profile.faultsMs), null, () => {
      if (known().length === 0) return;
      const id = random.pick(known());
      for (let copies = random.chance(0.2) ? 2 : 1; copies > 0; copies -= 1)
        void request(world, `deletion ${number}${copies > 1 ? ' doubled' : ''}`, id);
    });
  }
}

async function request(world: World, name: string, id: string): Promise<void> {
  const [userId = '', tweetId] = id.split('_');
  const process = world.newProcess(name);
  world.tell(name, () => `asks to delete ${nameOf(id)}`);
  const services = servicesOf(world, process, 'deletion');
  const path = `/api/tweets/${tweetId}`;
  const { status, text } = await world.as(process, () =>
    call(calledBy(userId, deleteTweet), services, { path }),
  );
  if (!process.alive) return;
  world.tell(name, () => `is answered ${status} ${text}`);
  if (status === 204 || status === 404) world.checker.saidDeleted(process, id, status);
  else if (status !== 503) world.fail(`${name} is answered ${status} ${text}`);
  world.end(process);
}
