import { setTimeout as sleep } from 'node:timers/promises';
import { withTimeout } from '../../../src/core/timeout.ts';
import type { Random } from '../../simulation/random.ts';
import type { startGrpcProxy } from '../grpcProxy.ts';
import { suite } from '../suite.ts';

const GROWN_UP_MS = 6000;
const MAX_RUN_MS = 15_000;

/** What can be done to the service, with how often it was done. Every fault is over when its call ends. */
export function createFaults(
  random: Random,
  restartPubsub: () => Promise<void>,
  commits: Pick<Awaited<ReturnType<typeof startGrpcProxy>>, 'choose'>,
) {
  const done: Record<string, number> = {};
  const count = (what: string) => {
    done[what] = (done[what] ?? 0) + 1;
  };
  const firstSeen = new Map<number, number>();
  const runs = new Set<Promise<void>>();

  /** Goes on while the next faults come. */
  const retryRun = () => {
    count('retry runs');
    const died = () => count('of them died');
    const run = withTimeout(MAX_RUN_MS, suite.runSchedule('retryQueue').catch(died), died);
    runs.add(run);
    void run.finally(() => runs.delete(run));
  };

  const duringSome = (what: string, begin: () => Promise<unknown>) => async () => {
    count(what);
    await begin();
    // The trigger remembers an outage and does not ask for a while; a retry run always asks.
    retryRun();
    await sleep(random.whole(300, 2500));
    await suite.pubsub.restore();
  };

  /**
   * Spares those that start: for one that dies before it listens, the emulator answers nothing for 30 s. And takes
   * few at a time: to start one costs a second of CPU, and nothing is shown where all that runs is starts.
   */
  const killWorkers = async () => {
    const now = Date.now();
    const workers = await suite.functionsWorkers();
    for (const pid of workers) if (!firstSeen.has(pid)) firstSeen.set(pid, now);
    const grown = workers.filter((pid) => now - (firstSeen.get(pid) as number) > GROWN_UP_MS);
    for (let left = random.whole(1, 2); left > 0 && grown.length > 0; left -= 1) {
      const [pid] = grown.splice(random.whole(0, grown.length - 1), 1);
      process.kill(pid as number, 'SIGKILL');
      count('workers killed');
    }
  };

  /** A client notices a dead connection after 15 s, so these faults are few. */
  const ofFirestore = (what: string, fault: () => void | Promise<void>) => async () => {
    count(`Firestore ${what}`);
    await fault();
    retryRun();
  };
  const failSomeCommits = async () => {
    const chosen = () => ({
      by: random.pick([1, 2, 13, 16, 'reset'] as const),
      isApplied: random.chance(0.5),
    });
    commits.choose(() => (random.chance(0.2) ? chosen() : null));
    await sleep(random.whole(1000, 5000));
    commits.choose(() => null);
  };

  const faults = {
    ofFirestore: [
      ofFirestore('silent', suite.firestore.silence),
      ofFirestore('commits failed', failSomeCommits),
      ofFirestore('reset', suite.firestore.reset),
      ofFirestore('half-answered', suite.firestore.halve),
      ofFirestore('refused', async () => {
        await suite.firestore.cut();
        await sleep(random.whole(300, 2500));
        await suite.firestore.restore();
      }),
    ],
    ofPubsub: [
      duringSome('Pub/Sub cut', suite.pubsub.cut),
      duringSome('hung', suite.pubsub.hang),
      duringSome('took messages and did not answer', suite.pubsub.mute),
      async () => {
        count('killed and restarted');
        await restartPubsub();
      },
    ],
    ofFunctions: [killWorkers, async () => retryRun(), killWorkers],
  };

  return {
    faults,
    done,
    allRunsEnded: async () => void (await Promise.all(runs)),
  };
}

/**
 * Deals every fault once before one comes again, in an order by chance, until `pause` says that it is over. Pauses are
 * counted in captures, so that a slow machine has no more faults to bear than a fast one.
 */
export async function inTurn(
  lane: (() => Promise<void>)[],
  random: Random,
  pause: (captures: number) => Promise<boolean>,
  [least, most]: [number, number] = [5, 30],
) {
  const deck: (() => Promise<void>)[] = [];
  while (await pause(random.whole(least, most))) {
    if (deck.length === 0) deck.push(...lane);
    const [fault] = deck.splice(random.whole(0, deck.length - 1), 1);
    await fault?.();
  }
}
