import { setTimeout as sleep } from 'node:timers/promises';
import { ORPHAN_AFTER_MS } from '../../../src/delivery/policy.ts';
import { functionsFirestore } from '../firestore.ts';
import { suite } from '../suite.ts';

const MAX_RUNS = 10;
const LOOK_MS = 1000;
const MAX_LOOKS = 15;

const db = functionsFirestore();
const ago = (milliseconds: number) => new Date(Date.now() - milliseconds);

/**
 * Retry runs until nothing is owed. Leases and the wait for triggers that died, minutes and hours long, are put into
 * the past by hand. The emulator delivers an event once; what that loses, the runs adopt.
 */
export async function calm(userIds: string[]) {
  const lost = await untilTriggersRest(userIds);
  let runs = 0;
  for (; runs < MAX_RUNS; runs += 1) {
    const waiting = (await of('queue', userIds)).filter((item) => item.get('nextAttemptAt'));
    const pending = (await of('tweets', userIds)).filter((tweet) => tweet.get('pendingSince'));
    if (waiting.length + pending.length === 0) break;
    await Promise.all(waiting.map(({ ref }) => ref.update({ nextAttemptAt: ago(1) })));
    await Promise.all(pending.map(({ ref }) => ref.update({ pendingSince: ago(ORPHAN_AFTER_MS + 1000) })));
    await suite.runSchedule('retryQueue');
  }
  return { runs, lost };
}

/** Answers how many tweets no trigger works on any more. */
async function untilTriggersRest(userIds: string[]): Promise<number> {
  let before = -1;
  for (let look = 0; look < MAX_LOOKS; look += 1) {
    const pending = (await of('tweets', userIds)).filter((tweet) => tweet.get('pendingSince')).length;
    if (pending === before) break;
    before = pending;
    await sleep(LOOK_MS);
  }
  return before;
}

/** What a collection has of some users. */
export const of = async (collection: string, userIds: string[]) =>
  (await db.collection(collection).where('userId', 'in', userIds).get()).docs;
