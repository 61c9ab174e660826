import { capture } from '../../../src/tweets/capture.ts';
import { call } from '../../support/call.ts';
import { calledBy, servicesOf } from '../processes.ts';
import { nameOf, type World } from '../world.ts';

const PREFERENCES = ['respond-async', 'respond-async', 'wait=3', 'wait=10', undefined];
const MOST_TRIES = 4;

/** People who like tweets: some like the same one twice or at the same time, and a client repeats what failed. */
export function captures(world: World): void {
  const { random, profile, scheduler } = world;
  let at = random.whole(0, 1000);
  for (let number = 1; number <= profile.captures; number += 1) {
    const userId = `user${random.whole(1, profile.users)}`;
    const tweetId = `17000000000000000${random.whole(10, 9 + profile.tweets)}`;
    const prefer = random.pick(PREFERENCES);
    scheduler.schedule(at, null, () => void request(world, `capture ${number}`, { userId, tweetId, prefer }));
    const isBurst = random.chance(0.5);
    at += isBurst ? random.whole(0, 30) : random.magnitude(1, profile.captureWindowMs / profile.captures);
  }
}

interface Wanted {
  userId: string;
  tweetId: string;
  prefer: string | undefined;
}

async function request(world: World, name: string, wanted: Wanted, tries = 1): Promise<void> {
  const { random, scheduler, profile } = world;
  const { userId, tweetId, prefer } = wanted;
  const id = `${userId}_${tweetId}`;
  const process = world.newProcess(name);
  const again = () => {
    if (tries >= MOST_TRIES || random.chance(0.3) || scheduler.now() > profile.faultsMs) return;
    const next = `${name.replace(/ again.*/, '')} again ${tries}`;
    scheduler.schedule(
      random.magnitude(500, 60_000),
      null,
      () => void request(world, next, wanted, tries + 1),
    );
  };
  process.onDeath.push(again);
  // A repeated capture can find the tweet edited meanwhile: what was stored first stays.
  const sent = {
    headers: { Prefer: prefer },
    body: { tweetId, tweetText: `as ${name} saw it`, authorUsername: 'someone' },
  };
  world.tell(name, () => `asks to capture ${nameOf(id)}${prefer ? ` (${prefer})` : ''}`);
  const services = servicesOf(world, process, 'capture');
  const { status, text, body } = await world.as(process, () =>
    call(calledBy(userId, capture), services, sent),
  );
  if (!process.alive) return;
  world.tell(name, () => `is answered ${status} ${text}`);
  world.count(`answered ${status}`);
  if (status === 200) world.checker.acknowledge(process, id, body);
  else if (status === 503 && !world.isCalm) again();
  else if (status !== 503) world.fail(`${name} is answered ${status} ${text}`);
  world.end(process);
}
