import { setTimeout as sleep } from 'node:timers/promises';
import { type Message, subscribe } from '../pubsub.ts';
import { suite } from '../suite.ts';

/**
 * The topic as production keeps it: the emulator has everything in memory, Pub/Sub has not. So before it is killed,
 * the way to it is cut and what it has taken is pulled; topic and subscription are there again before the way is.
 * What is lost here was lost by the functions.
 */
export async function createTopic(name: string) {
  let subscription = await subscribe(name);
  const messages: Message[] = [];
  const collect = async () => void messages.push(...(await subscription.pullAll()));

  return {
    messages,
    collect,
    async killAndRestart() {
      await suite.pubsub.cut();
      // A publish that had arrived by then may still be under way in the emulator; nobody was told that it worked.
      await sleep(200);
      await collect();
      await suite.pubsub.kill();
      await suite.pubsub.restart();
      subscription = await subscribe(name);
      await suite.pubsub.restore();
    },
  };
}
