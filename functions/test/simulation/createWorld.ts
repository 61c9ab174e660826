import { NOTHING_PAUSED } from '../../src/brakes/brakes.ts';
import { AppError } from '../../src/core/errors.ts';
import { memoryQueueOperations } from '../support/memory/queueOperations.ts';
import { memoryTweets } from '../support/memory/tweets.ts';
import type { Bug } from './bugs/bug.ts';
import { createChecker } from './checker.ts';
import { createProfile } from './profile.ts';
import { createRandom } from './random.ts';
import { createScheduler, type Process } from './scheduler.ts';
import { newTopic } from './topic.ts';
import { type World, wallAt } from './world.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const MAX_FREEZE_MS = 120 * MINUTE;

/** Gets each line of the story. */
export type Teller = (at: Date, who: string, what: string) => void;

export type Lived = World & { failure: string | null; counts: Map<string, number>; isBusy(): boolean };

/** The world of one seed, before anything has happened in it. */
export function createWorld(seed: number, bug: Bug | null, tell: Teller | undefined): Lived {
  const random = createRandom(seed);
  const profile = createProfile(random);
  const memory = memoryTweets();
  const { tweets, queue, deleted, ...verbs } = memory;
  const operations = memoryQueueOperations(memory);
  const processes = new Set<Process>();
  const injected = new WeakSet<object>();
  let offset = 0;
  let deliver = (_: string) => {};

  const beforeStep = (process: Process) => {
    if (world.isCalm) return;
    if (random.chance(profile.death)) {
      world.tell(process.name, () => 'dies');
      world.count('process died');
      scheduler.kill(process);
    } else if (random.chance(profile.freeze)) {
      process.frozenUntil =
        scheduler.now() + random.magnitude(random.pick([SECOND, 10 * MINUTE]), MAX_FREEZE_MS);
      world.tell(process.name, () => 'freezes');
      world.count('process froze');
    }
  };
  const scheduler = createScheduler(random, beforeStep);

  const world: Lived = {
    random,
    profile,
    scheduler,
    stored: { tweets, queue, deleted },
    store: { ...verbs, ...bug?.store?.(memory) },
    operations: { ...operations, ...bug?.operations?.(operations, memory) },
    topic: newTopic(),
    checker: undefined as never,
    bug,
    isCommitting: false,
    isCalm: false,
    paused: { ...NOTHING_PAUSED },
    pausedAt: null,
    failure: null,
    counts: new Map(),
    wall: () => wallAt(scheduler.now() + offset),
    latency: () => (random.chance(0.05) ? random.magnitude(1, 5000) : random.magnitude(1, 40)),
    newProcess(name) {
      const skewMs = profile.skewMs * (2 * random.next() - 1);
      const process: Process = {
        name,
        startedAt: scheduler.now(),
        alive: true,
        frozenUntil: 0,
        skewMs,
        onDeath: [],
      };
      processes.add(process);
      process.onDeath.push(() => world.end(process));
      return process;
    },
    end(process) {
      processes.delete(process);
      world.checker.ended(process);
    },
    as: (process, work) =>
      new Promise((resolve, reject) => {
        scheduler.schedule(0, process, () => void work().then(resolve, reject));
      }),
    unavailable() {
      const failure = new AppError('unavailable', 'The database cannot be reached. Try again.');
      injected.add(failure);
      return failure;
    },
    transient() {
      const error = Object.assign(new Error('13 INTERNAL: Received RST_STREAM with code 2'), { code: 13 });
      injected.add(error);
      return error;
    },
    expect(process, error) {
      const cause = (error as Error | undefined)?.cause as object;
      if (process.alive && !injected.has(error as object) && !injected.has(cause))
        world.fail(`${process.name} ends with ${String((error as Error)?.stack ?? error)}`);
    },
    jump(byMs) {
      offset += byMs;
    },
    onCreated(listener) {
      deliver = listener;
    },
    onHanded(listener) {
      world.handed = listener;
    },
    handed() {},
    tell: (who, what) => tell?.(new Date(world.wall()), who, what()),
    count: (what) => void world.counts.set(what, (world.counts.get(what) ?? 0) + 1),
    fail(what) {
      world.failure ??= what;
    },
    isBusy: () => [...processes].some(({ name }) => !name.startsWith('trigger')),
  };
  world.checker = createChecker(world, (id) => {
    if (!world.topic.tempers.has(id)) {
      const { refused, deadly } = profile.pubsub;
      world.topic.tempers.set(
        id,
        random.chance(refused) ? 'refused' : random.chance(deadly) ? 'deadly' : 'good',
      );
    }
    deliver(id);
  });
  scheduler.schedule(profile.faultsMs, null, () => {
    world.isCalm = true;
    world.topic.weather = 'up';
    for (const process of processes) process.frozenUntil = Math.min(process.frozenUntil, scheduler.now());
    if (random.chance(0.5)) mend(world.topic);
    world.tell('the world', () => 'calms down: no more faults from here on');
  });
  return world;
}

function mend({ tempers }: World['topic']): void {
  for (const [id, temper] of tempers) if (temper !== 'good') tempers.set(id, 'mended');
}
