import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { ACTORS, type Actor } from '../support/connections/actors.ts';
import { type Instance, startBehindProxies } from '../support/connections/instance.ts';
import { eventually } from '../support/eventually.ts';

const BACK_WITHIN_MS = 20_000;
/** A transaction that dies with its connection keeps its locks in Firestore for about a minute; runs come every five. */
const RUN_BACK_WITHIN_MS = 120_000;
const REFUSED_MS = 2000;

type Proxy = Instance['firestore'];

/** What happens to open connections; `refused` also to those of the next two seconds. */
const FAULTS: Record<string, (proxy: Proxy) => void | Promise<void>> = {
  silent: (proxy) => proxy.silence(),
  reset: (proxy) => proxy.reset(),
  'half-answered': (proxy) => proxy.halve(),
  refused: async (proxy) => {
    await proxy.cut();
    await sleep(REFUSED_MS);
    await proxy.restore();
  },
};

/** Which faults meet which function by default; CONNECTION_FAULTS=all tries each with each. */
const CHOSEN: Record<string, string[]> = {
  capture: ['firestore silent', 'firestore half-answered', 'firestore reset'],
  captureBatch: ['firestore silent', 'firestore refused'],
  refresh: ['firestore half-answered', 'firestore reset'],
  exportTweets: ['firestore silent', 'firestore reset'],
  publishTweet: ['firestore silent', 'pubsub silent'],
  retryQueue: ['firestore silent', 'pubsub half-answered'],
};
const ALL = ['firestore', 'pubsub'].flatMap((name) => Object.keys(FAULTS).map((fault) => `${name} ${fault}`));
const faultsOf = (name: string) => (process.env.CONNECTION_FAULTS === 'all' ? ALL : (CHOSEN[name] ?? []));

/** One more piece of work, until it is done. */
async function work(actor: Actor): Promise<void> {
  const once = await actor.next();
  const startedAt = performance.now();
  while (!(await once())) {
    assert.ok(performance.now() - startedAt < RUN_BACK_WITHIN_MS, 'the service does not work');
    await sleep(100);
  }
}

/** Has a fault while a piece of work is under way; answers after how long the work is done. */
async function timeToRecover(actor: Actor, fault: () => void | Promise<void>): Promise<number> {
  const once = await actor.next();
  const first = once();
  await sleep(20 * Math.random());
  const startedAt = performance.now();
  const over = fault();
  for (let done = await first; !done; done = await once()) {
    assert.ok(performance.now() - startedAt < RUN_BACK_WITHIN_MS, 'the service does not come back');
    await sleep(100);
  }
  // It is done even before the fault is over, or stays away: what counts is that the next one works, too.
  await over;
  await work(actor);
  return performance.now() - startedAt;
}

/** The deployed function of an endpoint that shares one. */
const FUNCTION_OF: Record<string, string> = { captureBatch: 'bulk', exportTweets: 'bulk' };

describe('a connection that fails', function () {
  this.timeout(300_000);
  const outcomes = new Map<string, Promise<Record<string, number>>>();

  /** One function through all its faults, one after the other. */
  const endure = async (name: string) => {
    const isTrigger = name === 'publishTweet';
    const instance = await startBehindProxies(FUNCTION_OF[name] ?? name, {
      ...(isTrigger && { FUNCTION_SIGNATURE_TYPE: 'cloudevent' }),
    });
    try {
      const actor = await (ACTORS[name] as (typeof ACTORS)[string])(instance);
      const measured: Record<string, number> = {};
      for (const each of faultsOf(name)) {
        const [dependency, fault] = each.split(' ') as ['firestore' | 'pubsub', string];
        await work(actor);
        measured[each] = await timeToRecover(actor, () => FAULTS[fault]?.(instance[dependency]));
      }
      await actor.verify();
      return measured;
    } finally {
      await instance.stop();
    }
  };

  // All at once: they mostly wait.
  before(() => {
    for (const name of Object.keys(ACTORS)) {
      const outcome = endure(name);
      outcome.catch(() => {});
      outcomes.set(name, outcome);
    }
  });

  for (const name of Object.keys(ACTORS)) {
    const backWithinMs = name === 'retryQueue' ? RUN_BACK_WITHIN_MS : BACK_WITHIN_MS;
    it(`${name} loses nothing and is back within ${backWithinMs / 1000} s`, async () => {
      const measured = await outcomes.get(name);
      for (const [fault, milliseconds] of Object.entries(measured ?? {})) {
        console.log(`      ${name}, ${fault}: back after ${(milliseconds / 1000).toFixed(1)} s`);
        assert.ok(milliseconds < backWithinMs, `${fault}: ${milliseconds} ms`);
      }
    });
  }

  // The SDK keeps trying, so this takes the whole of the run's time: five minutes.
  if (process.env.CONNECTION_FAULTS === 'all') {
    it('for good ends a retry run with an error line that an alert can match', async function () {
      this.timeout(400_000);
      const instance = await startBehindProxies('retryQueue');
      try {
        const schedule = await (ACTORS.retryQueue as (typeof ACTORS)[string])(instance);
        await instance.firestore.cut();
        const once = await schedule.next();
        const { status } = await fetch(instance.url, { method: 'POST' });
        assert.equal(status, 500);
        await eventually('the line', () => instance.errors().includes('run_timed_out'));
        await instance.firestore.restore();
        assert.ok(await once());
      } finally {
        await instance.stop();
      }
    });
  }
});
