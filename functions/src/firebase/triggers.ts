import { onDocumentCreated } from 'firebase-functions/v2/firestore';
import { onSchedule, type ScheduleOptions } from 'firebase-functions/v2/scheduler';
import { readAlertUrl, TUNING } from '../config.ts';
import type { CreatedTweet, Services } from '../ports.ts';
import { services } from '../services.ts';
import { namingSources } from '../sourceStack.ts';
import { database, whenServing } from './deployment.ts';
import { leaveDomain } from './domain.ts';
import { toStoredTweet } from './tweetDocuments.ts';

type TweetWork = (id: string, services: Services, created?: CreatedTweet) => Promise<void>;

/** Runs `work` for every new tweet; where it rejects, the platform delivers the event again for a day. */
export function whenTweetCreated(name: string, work: TweetWork) {
  whenServing(name);
  return onDocumentCreated(
    { document: 'tweets/{id}', database, retry: true, timeoutSeconds: TUNING.publishTimeoutSeconds },
    async ({ params: { id }, data, time }) => {
      leaveDomain();
      const tweet = data && toStoredTweet(data);
      const created = tweet && { tweet, at: new Date(time), version: data.updateTime };
      await tracing(work(id, services(), created ?? undefined));
    },
  );
}

/** Runs `work` on a schedule, one run at a time. */
export function scheduled(
  name: string,
  options: Pick<ScheduleOptions, 'schedule' | 'timeoutSeconds' | 'secrets'>,
  work: (services: Services) => Promise<unknown>,
) {
  whenServing(name, () => {
    if (options.secrets) readAlertUrl();
  });
  return onSchedule(
    {
      ...options,
      timeZone: 'Etc/UTC',
      maxInstances: 1,
      concurrency: 1,
    },
    async () => void (await tracing(work(services()))),
  );
}

/** The framework logs what a trigger fails with. */
async function tracing<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw namingSources(error);
  }
}
