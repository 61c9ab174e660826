import { onDocumentCreated } from 'firebase-functions/v2/firestore';
import { onSchedule, type ScheduleOptions } from 'firebase-functions/v2/scheduler';
import { readAlertUrl, TUNING } from '../config.ts';
import type { Services } from '../ports.ts';
import { services } from '../services.ts';
import { database, whenServing } from './deployment.ts';

/** Runs `work` for every new tweet; where it rejects, the platform delivers the event again for a day. */
export function whenTweetCreated(name: string, work: (id: string, services: Services) => Promise<void>) {
  whenServing(name);
  return onDocumentCreated(
    { document: 'tweets/{id}', database, retry: true, timeoutSeconds: TUNING.publishTimeoutSeconds },
    async (event) => await work(event.params.id, services()),
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
    async () => void (await work(services())),
  );
}
