import type { ServedEndpoint } from '../../src/app/functions.ts';
import type { Services } from '../../src/app/services.ts';
import { BRAKE_SETTINGS, createBrakes } from '../../src/brakes/brakes.ts';
import type { Clock } from '../../src/core/runtime.ts';
import { withCircuitBreaker } from '../../src/delivery/circuitBreaker.ts';
import { BREAKER_OPEN_MS } from '../../src/delivery/policy.ts';
import { memoryServices } from '../support/memory/services.ts';
import { commit, remoteStore } from './firestore.ts';
import type { Process } from './scheduler.ts';
import { remotePublisher } from './topic.ts';
import { type Kind, nameOf, type World } from './world.ts';

const base = memoryServices().services;

/** The real endpoint behind the real pipeline; only who calls is not looked up. */
export const calledBy = (userId: string, definition: ServedEndpoint): ServedEndpoint => ({
  ...definition,
  access: 'public',
  handle: (request: never, services) =>
    definition.handle(
      { ...(request as object), caller: { userId, sessionId: 'session' } } as never,
      services,
    ),
});

/** Waits for all of them, also where one fails: in Firestore each tweet of a batch is a commit of its own. */
async function each<T>(commits: Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(commits);
  return await Promise.all(commits);
}

/** What a process works with: the real ports' shapes, every call of them a step of the simulation. */
export function servicesOf(world: World, process: Process, kind: Kind): Services {
  const { scheduler, random } = world;
  const clock: Clock = {
    now: () => new Date(Math.floor(world.wall() + process.skewMs)),
    sleep: (milliseconds) =>
      new Promise((resolve) => void scheduler.schedule(milliseconds, process, () => resolve())),
  };
  const publisher = remotePublisher(world, process);
  const tweets = remoteStore(world, process, world.store);
  const brakes = createBrakes(
    { read: async () => ({ ...world.paused }), set: async () => 'unchanged' },
    clock,
    () => {},
    BRAKE_SETTINGS,
  );
  const services: Services = {
    ...base,
    clock,
    ids: random.uuid,
    random: random.next,
    log: (severity, event, fields = {}) => {
      // What a dead process would have said, nobody hears.
      if (!process.alive && !world.isCommitting) return;
      if (event === 'dead_letter' && severity === 'ERROR') world.checker.told(String(fields.id));
      if (severity !== 'INFO') {
        const id = typeof fields.id === 'string' ? ` ${nameOf(fields.id)}` : '';
        world.tell(process.name, () => `logs ${severity} ${event}${id}`);
      }
    },
    outbox: tweets,
    tweets: {
      ...tweets,
      createAll: (captures) => each(captures.map(tweets.create)),
      waitUntilSettled: async (id, signal) => {
        for (; !signal.aborted; await clock.sleep(world.latency())) {
          const tweet = await tweets.read(id);
          if (!tweet?.pendingSince) return tweet;
        }
        return null;
      },
    },
    queueOperations: remoteStore(world, process, world.operations),
    alert: async () => {},
    brakes,
    publisher,
    breakerPublisher: withCircuitBreaker(publisher, clock, BREAKER_OPEN_MS),
    rateLimiter: async (_, limit) => ({
      allowed: true,
      limit,
      remaining: limit,
      resetSeconds: 60,
      firstRefusal: false,
    }),
  };
  if (!world.bug?.services) return services;
  return world.bug.services(services, {
    kind,
    stored: world.stored,
    commit: (verb, args, effect) => commit(world, process, verb, args, async () => effect()),
  });
}
