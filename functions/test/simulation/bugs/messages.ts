import type { Services } from '../../../src/app/services.ts';
import { PublishError } from '../../../src/core/errors.ts';
import type { Bug } from './bug.ts';

/** What may go wrong between the retry run and Pub/Sub. */
export const messages: Record<string, Bug> = {
  anotherKey: {
    title: 'a retry makes the message anew, under another `dedupeKey`',
    services: (services) => rebuilt(services, () => ({ dedupeKey: services.ids() })),
  },
  anotherDate: {
    title: 'a retry makes the message anew, with the date of the retry',
    services: (services) =>
      rebuilt(services, () => ({ captureDate: services.clock.now().toISOString().slice(0, 10) })),
  },
  hopefulPublisher: {
    title: 'a publish that was not answered in time is taken for one that worked',
    services: (services, { kind }) => ({
      ...services,
      publisher: {
        publish: (messages) =>
          services.publisher.publish(messages).catch((error: PublishError) => {
            if (kind === 'retryRun' && /in time/.test(error.message))
              return messages.map((_, index) => `projects/p/topics/t/messages/unknown${index}`);
            throw error;
          }),
      },
    }),
  },
  stubbornRun: {
    title: 'a run goes on through an outage and spends the attempts of everyone',
    services: (services) => ({
      ...services,
      publisher: {
        publish: (messages) =>
          services.publisher.publish(messages).catch((error: PublishError) => {
            throw new PublishError('rejected', error.message);
          }),
      },
    }),
  },
};

function rebuilt(services: Services, attributes: () => object): Services {
  const publish: Services['publisher']['publish'] = (messages) =>
    services.publisher.publish(
      messages.map((message) => ({
        ...message,
        attributes: { ...message.attributes, ...attributes() },
      })),
    );
  return { ...services, publisher: { publish } };
}
