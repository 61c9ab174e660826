import { grpcCode, retryOnce } from '../../src/platform/firestore/errors.ts';
import { KEEPALIVE } from '../../src/platform/firestore/project.ts';
import type { Process } from './scheduler.ts';
import { nameOf, type Stored, type World } from './world.ts';

type Fate =
  | 'works'
  | 'failsBefore'
  | 'failsAfter'
  | 'transientBefore'
  | 'transientAfter'
  | 'silentBefore'
  | 'silentAfter'
  | 'contention'
  | 'repeats';
type Verb = (...args: unknown[]) => Promise<unknown>;

const READS = ['read', 'countDue', 'list', 'overview'];
export const isRead = (verb: string) => READS.includes(verb);

/** INTERNAL: the SDK does not retry it on a plain commit. */
const TRANSIENT = 13;
/** When keepalive gives up a connection that fell silent, and the SDK repeats what was on it. */
const GIVEN_UP_MS = KEEPALIVE.afterMs + KEEPALIVE.timeoutMs;

/**
 * A store as one process reaches it: each verb takes its time on the way there and back, and may fail. The retry of a
 * transient error is the real one.
 */
export function remoteStore<S extends object>(world: World, process: Process, store: S): S {
  const verbs = Object.entries(store).filter(([, verb]) => typeof verb === 'function');
  const remote = verbs.map(([name, verb]) => [
    name,
    (...args: unknown[]) =>
      retrying(world, process, name, () => commit(world, process, name, args, () => (verb as Verb)(...args))),
  ]);
  return Object.fromEntries(remote) as S;
}

/** One transient error, early enough for a retry, stays unseen. */
async function retrying<T>(world: World, process: Process, verb: string, call: () => Promise<T>): Promise<T> {
  const { scheduler } = world;
  const startedAt = scheduler.now();
  let failedAt = startedAt;
  let calls = 0;
  try {
    return await (world.bug?.retrying ?? retryOnce)(() => {
      calls += 1;
      return call().catch((error) => {
        failedAt = scheduler.now();
        throw error;
      });
    });
  } catch (error) {
    const isTransient = [error, (error as Error).cause].some((each) => grpcCode(each) === TRANSIENT);
    if (isTransient && calls === 1 && process.alive && failedAt - startedAt < 3000)
      world.fail(`${process.name} gives ${verb} up after one transient error`);
    throw error;
  }
}

/** One commit: `effect` happens at once, at some time after the call; the answer comes later, or not at all. */
export function commit<T>(
  world: World,
  process: Process,
  verb: string,
  args: unknown[],
  effect: () => Promise<T>,
): Promise<T> {
  const { scheduler, random, tell, count } = world;
  let repeated = false;
  return new Promise((resolve, reject) => {
    const answer = (settle: () => void) => scheduler.schedule(world.latency(), process, settle);
    const unclear = () =>
      answer(() => {
        tell(process.name, () => `hears that Firestore is unavailable (${verb})`);
        reject(world.unavailable());
      });
    const transient = () =>
      answer(() => {
        tell(process.name, () => `hears of a transient error of Firestore (${verb})`);
        reject(world.transient());
      });
    const giveUpConnection = () => scheduler.schedule(GIVEN_UP_MS, process, arrive, true);
    const arrive = () => {
      const fate = fateOf(world, verb);
      if (fate !== 'works') count(`firestore ${fate}`);
      if (fate === 'failsBefore') return unclear();
      if (fate === 'transientBefore') return transient();
      if (fate === 'silentBefore') {
        tell('Firestore', () => `never hears of ${verb} by ${process.name}, whose connection is dead`);
        return giveUpConnection();
      }
      if (fate === 'contention') {
        tell(process.name, () => `meets contention in ${verb}, and starts over`);
        rehearse(world.stored, effect);
        return scheduler.schedule(world.latency(), process, arrive, true);
      }
      world.isCommitting = true;
      const work = effect();
      world.isCommitting = false;
      tell(process.name, () => `commits ${verb}${about(args)}${fate === 'works' ? '' : `, which ${fate}`}`);
      world.checker.committed(process, verb, args);
      if (fate === 'failsAfter') return unclear();
      if (fate === 'transientAfter') return transient();
      if (fate === 'silentAfter') return giveUpConnection();
      if (fate === 'repeats' && !repeated) {
        repeated = true;
        return scheduler.schedule(world.latency(), process, arrive, true);
      }
      work.then(
        (value) => {
          world.checker.answered(process, verb, args, value);
          answer(() => {
            tell(process.name, () => `goes on after ${verb}: ${shown(value)}`);
            resolve(value);
          });
        },
        (error) => answer(() => reject(error)),
      );
      return undefined;
    };
    const slow = !world.isCalm && random.chance(world.profile.firestore.slow);
    scheduler.schedule(slow ? random.magnitude(100, 60_000) : world.latency(), process, arrive, true);
  });
}

function fateOf({ isCalm, random, profile: { firestore } }: World, verb: string): Fate {
  if (isCalm) return 'works';
  if (random.chance(firestore.failsBefore)) return 'failsBefore';
  if (random.chance(firestore.transient))
    return isRead(verb) || random.chance(0.5) ? 'transientBefore' : 'transientAfter';
  if (random.chance(firestore.silent))
    return isRead(verb) || random.chance(0.5) ? 'silentBefore' : 'silentAfter';
  if (isRead(verb)) return 'works';
  if (random.chance(firestore.failsAfter)) return 'failsAfter';
  if (random.chance(firestore.contention)) return 'contention';
  const meetsItself = ['create', 'remove', 'abandon'].includes(verb);
  return meetsItself && random.chance(firestore.repeats) ? 'repeats' : 'works';
}

/** A transaction that meets a rival asks its callbacks and leaves nothing behind. */
function rehearse({ tweets, queue, deleted }: Stored, effect: () => Promise<unknown>): void {
  const kept = structuredClone({ tweets, queue, deleted });
  effect().catch(() => {});
  for (const [map, before] of [
    [tweets, kept.tweets],
    [queue, kept.queue],
    [deleted, kept.deleted],
  ] as [Map<string, unknown>, Map<string, unknown>][]) {
    map.clear();
    for (const [key, value] of before) map.set(key, value);
  }
}

const idsIn = (value: unknown): string[] => {
  if (typeof value === 'string') return value.includes('_') ? [value] : [];
  if (Array.isArray(value)) return value.flatMap(idsIn);
  const { id, item } = (value ?? {}) as { id?: string; item?: { id: string } };
  return id ? [id] : item ? [item.id] : [];
};

function about(args: unknown[]): string {
  const ids = args.flatMap(idsIn);
  return ids.length > 0 ? ` (${ids.map(nameOf).join(', ')})` : '';
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return `[${value.flatMap(idsIn).map(nameOf).join(', ')}]`;
  if (value && typeof value === 'object') return 'found';
  return value === undefined ? 'done' : String(value);
}
