import { AssertionError } from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { withTimeout } from '../../../src/core/timeout.ts';
import type { Random } from '../../simulation/random.ts';
import { type Answer, newUser } from '../api.ts';
import { newTweetId } from '../samples.ts';

const PATIENCE_MS = 10_000;
const ATTEMPTS = 40;

/** A capture that was answered 200. */
export interface Acknowledged {
  id: string;
  tweetText: string;
}

/** Users who capture tweets and, as the extension does, try again until a capture is acknowledged. */
export async function createClients(users: number, random: Random) {
  const signedIn: Awaited<ReturnType<typeof newUser>>[] = [];
  // One after the other: the emulator starts a process for each request that finds all busy.
  while (signedIn.length < users) signedIn.push(await newUser());
  const acknowledged: Acknowledged[] = [];
  let triedAgain = 0;
  let capturing = false;

  const capture = async () => {
    const user = random.pick(signedIn);
    const tweetId = newTweetId();
    const tweetText = `${tweetId} ${random.uuid()}`;
    const headers: Record<string, string> = random.chance(0.7) ? { Prefer: 'respond-async' } : {};
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      const answer = await answerOf(user.capture({ tweetId, tweetText }, headers));
      if (answer?.status === 200)
        return void acknowledged.push({ id: `${user.userId}_${tweetId}`, tweetText });
      if (answer && answer.status < 500) throw new Error(`capture answered ${answer.status}: ${answer.text}`);
      triedAgain += 1;
      await sleep(random.whole(50, 300));
    }
    throw new Error(`No answer after ${ATTEMPTS} attempts`);
  };

  return {
    acknowledged,
    userIds: signedIn.map(({ userId }) => userId),
    triedAgain: () => triedAgain,
    /** Waits for some more captures to be acknowledged; answers whether there are any left to come. */
    async untilMore(count: number): Promise<boolean> {
      const aim = acknowledged.length + count;
      while (capturing && acknowledged.length < aim) await sleep(20);
      return capturing;
    },
    /** Captures `count` tweets, up to `parallel` at a time, with pauses that grow to `pauseMs`. */
    async captureAll(count: number, { parallel, pauseMs }: { parallel: number; pauseMs: number }) {
      capturing = true;
      let left = count;
      const one = async () => {
        while (left > 0) {
          left -= 1;
          await capture();
          await sleep(random.whole(0, pauseMs));
        }
      };
      await Promise.all(Array.from({ length: parallel }, one)).finally(() => {
        capturing = false;
      });
    },
  };
}

/** Null where none came. */
async function answerOf(request: Promise<Answer>): Promise<Answer | null> {
  return await withTimeout(
    PATIENCE_MS,
    request.catch((error) => {
      if (error instanceof AssertionError) throw error;
      return null;
    }),
    () => null,
  );
}
