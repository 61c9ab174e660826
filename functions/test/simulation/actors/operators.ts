import { z } from 'zod';
import { purgeQueue } from '../../../src/admin/purgeQueue.ts';
import { republish } from '../../../src/admin/republish.ts';
import { retryQueueNow } from '../../../src/admin/retryQueueNow.ts';
import type { ServedEndpoint } from '../../../src/app/functions.ts';
import { call } from '../../support/call.ts';
import { calledBy, servicesOf } from '../processes.ts';
import type { Process } from '../scheduler.ts';
import { nameOf, type World } from '../world.ts';

/** The users of this world have no UUIDs. */
const params = z.object({ userId: z.string(), tweetId: z.string() });
const anyones: ServedEndpoint = { ...republish, params };

interface Wish {
  endpoint: ServedEndpoint;
  body?: object;
  path?: string;
  words: string;
}

const HOUR = 3_600_000;
/** Dead letters need their time, often more than the faults last. */
const LATE_MS = 30 * HOUR;

/** Operators who retry, purge and republish at random moments, some at the same time or once more. */
export function operators(world: World): void {
  const { random, scheduler, profile } = world;
  for (let number = 1; number <= profile.operations; number += 1) {
    const { faultsMs } = profile;
    const at = random.chance(0.5) ? random.magnitude(100, faultsMs) : random.whole(0, faultsMs + LATE_MS);
    // They are there from the beginning: the day is not over before they have acted.
    const mates = Array.from({ length: random.chance(0.2) ? 2 : 1 }, (_, index) =>
      world.newProcess(`operator ${number}${index > 0 ? ' doubled' : ''}`),
    );
    scheduler.schedule(at, null, () => {
      const wish = wishOf(world);
      for (const process of mates) void request(world, process, wish);
    });
  }
}

/** What is there now, or was until somebody deleted it. */
function wishOf({ random, stored, wall }: World): Wish {
  const known = [...stored.tweets.keys(), ...stored.deleted.keys()];
  const isDead = (id: string) => stored.queue.get(id)?.status === 'failed';
  const ids = known.filter((id) => random.chance(isDead(id) ? 0.9 : 0.5));
  const kind = random.pick(['retry', 'retryAll', 'purge', 'purgeOld', 'republish', 'republish']);
  const named = ids.map(nameOf).join(', ');
  if (kind === 'retry' && ids.length > 0)
    return { endpoint: retryQueueNow, body: { ids }, words: `retries ${named}` };
  if (kind === 'purge' && ids.length > 0)
    return { endpoint: purgeQueue, body: { ids }, words: `purges ${named}` };
  if (kind === 'purgeOld') {
    const olderThan = new Date(wall() - random.magnitude(1000, 86_400_000)).toISOString();
    return { endpoint: purgeQueue, body: { olderThan }, words: `purges what is older than ${olderThan}` };
  }
  if (kind === 'republish' && known.length > 0) {
    const id = random.pick(known);
    const path = `/api/admin/tweets/${id.replace('_', '/')}/republish`;
    return { endpoint: anyones, path, words: `republishes ${nameOf(id)}` };
  }
  return { endpoint: retryQueueNow, body: { all: true }, words: 'retries all' };
}

async function request(world: World, process: Process, wish: Wish): Promise<void> {
  const { endpoint, body, path, words } = wish;
  const { name } = process;
  world.tell(name, () => words);
  const services = servicesOf(world, process, 'operator');
  const sent = { body, ...(path && { path }) };
  const { status, text } = await world.as(process, () => call(calledBy('admin', endpoint), services, sent));
  if (!process.alive) return;
  world.tell(name, () => `is answered ${status} ${text}`);
  world.count(`operator ${words.split(' ')[0]} answered ${status}`);
  const isFine = status === 200 || status === 503 || (endpoint === anyones && status === 404);
  if (!isFine) world.fail(`${name} is answered ${status} ${text}`);
  world.end(process);
}
