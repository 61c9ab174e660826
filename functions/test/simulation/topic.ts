import { PublishError } from '../../src/core/errors.ts';
import { PUBLISH_TIMEOUT_MS } from '../../src/delivery/policy.ts';
import type { Publisher } from '../../src/delivery/ports.ts';
import type { OutboundMessage } from '../../src/delivery/queueItem.ts';
import type { Process } from './scheduler.ts';
import { nameOf, type World } from './world.ts';

export type Weather = 'up' | 'slow' | 'refusing' | 'hanging';

/** What Pub/Sub makes of a tweet's message: takes it, refuses it as malformed, or brings down who publishes it. */
export type Temper = 'good' | 'refused' | 'deadly' | 'mended';

/** Pub/Sub: the messages that it took, by their names. */
export interface Topic {
  taken: Map<string, OutboundMessage>;
  weather: Weather;
  tempers: Map<string, Temper>;
}

export const newTopic = (): Topic => ({ taken: new Map(), weather: 'up', tempers: new Map() });

/** The publisher of one process. Keeps the port's promise: all or nothing, and an answer by the deadline. */
export function remotePublisher(world: World, process: Process): Publisher {
  const { scheduler, random, topic, tell, count } = world;
  return {
    publish(items) {
      const messages = items.map(({ data, attributes }) => structuredClone({ data, attributes }));
      const names = () => messages.map(({ attributes }) => nameOf(attributes.dedupeKey)).join(', ');
      const deadlineAt = scheduler.now() + PUBLISH_TIMEOUT_MS;
      world.checker.handed(process, messages);
      for (const { attributes } of messages) world.handed(attributes.dedupeKey, process);
      return new Promise((resolve, reject) => {
        const answer = (delayMs: number, settle: () => void) =>
          scheduler.schedule(Math.max(0, delayMs), process, settle);
        const fail = (kind: 'outage' | 'rejected', words: string, delayMs = world.latency()) =>
          answer(delayMs, () => {
            tell(process.name, () => `hears that ${words} (${names()})`);
            world.checker.failed(process, kind);
            reject(new PublishError(kind, words));
          });
        const late = () =>
          fail('outage', 'Pub/Sub did not answer in time', deadlineAt - scheduler.now() + random.whole(0, 5));
        const take = () => {
          const taken = messages.map((message) => {
            const name = `projects/p/topics/t/messages/${topic.taken.size + 1}`;
            topic.taken.set(name, message);
            return name;
          });
          tell('Pub/Sub', () => `takes ${names()}`);
          return taken;
        };
        const temper = (wanted: Temper) =>
          messages.some(({ attributes }) => topic.tempers.get(attributes.dedupeKey) === wanted);

        const arrive = () => {
          if (temper('deadly') && process.alive) {
            if (random.chance(0.3) && topic.weather === 'up') take();
            tell(process.name, () => `dies of publishing ${names()}`);
            count('process died of a message');
            return scheduler.kill(process);
          }
          const takesUnseen = !world.isCalm && random.chance(world.profile.pubsub.answersLate);
          const isDown = topic.weather === 'refusing' || topic.weather === 'hanging';
          if (temper('refused') && !isDown) return void fail('rejected', 'Pub/Sub answered 400');
          if (takesUnseen) {
            count('pubsub took it and answered late');
            take();
            return void late();
          }
          if (topic.weather === 'refusing') return void fail('outage', 'Pub/Sub answered 503');
          if (topic.weather === 'hanging') return void late();
          const delay = topic.weather === 'slow' ? random.magnitude(100, 20_000) : world.latency();
          const taken = take();
          if (scheduler.now() + delay > deadlineAt) return void late();
          answer(delay, () => {
            tell(process.name, () => `hears that Pub/Sub took ${names()}`);
            resolve(taken);
          });
        };
        scheduler.schedule(Math.min(world.latency(), PUBLISH_TIMEOUT_MS), process, arrive, true);
      });
    },
  };
}
