import { onDocumentCreated } from 'firebase-functions/v2/firestore';
import { onSchedule, type ScheduleOptions } from 'firebase-functions/v2/scheduler';
import { readAlertUrl, TUNING } from '../config.ts';
import type { CreatedTweet, Services } from '../ports.ts';
import { services } from '../services.ts';
import { database, whenServing } from './deployment.ts';
import { leaveDomain } from './domain.ts';
import { run } from './run.ts';
import { toStoredTweet } from './tweetDocuments.ts';

type TweetWork = (id: string, services: Services, created?: CreatedTweet) => Promise<void>;

/** Runs `work` for every new tweet; where it rejects, the platform delivers the event again for a day. */
export function whenTweetCreated(name: string, work: TweetWork) {
  const timeoutSeconds = TUNING.publishTimeoutSeconds;
  whenServing(name);
  return onDocumentCreated(
    { document: 'tweets/{id}', database, retry: true, timeoutSeconds },
    async ({ params: { id }, data, time }) => {
      leaveDomain();
      const tweet = data && toStoredTweet(data);
      const created = tweet && { tweet, at: new Date(time), version: data.updateTime };
      const parts = services();
      await run({ name, timeoutSeconds, fields: { id } }, parts.log, () =>
        work(id, parts, created ?? undefined),
      );
    },
  );
}

/** Runs `work` on a schedule, one run at a time. */
export function scheduled(
  name: string,
  options: Pick<ScheduleOptions, 'schedule' | 'secrets'> & { timeoutSeconds: number },
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
    async () => {
      const parts = services();
      await run({ name, timeoutSeconds: options.timeoutSeconds }, parts.log, () => work(parts));
    },
  );
}
