import { onDocumentCreated } from 'firebase-functions/v2/firestore';
import { onSchedule, type ScheduleOptions } from 'firebase-functions/v2/scheduler';
import { readAlertUrl } from '../../config/secrets.ts';
import type { Log } from '../../core/runtime.ts';
import { TRIGGER_TIMEOUT_SECONDS } from '../../delivery/policy.ts';
import type { CreatedTweet } from '../../delivery/ports.ts';
import { toStoredTweet } from '../firestore/tweetDocuments.ts';
import { database, whenServing } from './deployment.ts';
import { exitRequestDomain } from './legacyDomain.ts';
import { run } from './run.ts';

interface Logging {
  log: Log;
}

/** Runs `work` for every new tweet. If it rejects, the platform delivers the event again for a day. */
export function onTweetCreated<Services extends Logging>(
  name: string,
  work: (id: string, services: Services, created?: CreatedTweet) => Promise<void>,
  services: () => Services,
) {
  const timeoutSeconds = TRIGGER_TIMEOUT_SECONDS;
  whenServing(name);
  return onDocumentCreated(
    { document: 'tweets/{id}', database, retry: true, timeoutSeconds },
    async ({ params: { id }, data, time }) => {
      exitRequestDomain();
      const tweet = data && toStoredTweet(data);
      const created = tweet && { tweet, at: new Date(time), version: data.updateTime };
      const built = services();
      await run({ name, timeoutSeconds, fields: { id } }, built.log, () =>
        work(id, built, created ?? undefined),
      );
    },
  );
}

/** Runs `work` on a schedule, one run at a time. */
export function scheduledFunction<Services extends Logging>(
  name: string,
  options: Pick<ScheduleOptions, 'schedule' | 'secrets'> & { timeoutSeconds: number },
  work: (services: Services) => Promise<unknown>,
  services: () => Services,
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
      const built = services();
      await run({ name, timeoutSeconds: options.timeoutSeconds }, built.log, () => work(built));
    },
  );
}
