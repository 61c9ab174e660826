import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createKeyring } from '../../../src/accounts/keys.ts';
import type { Services } from '../../../src/app/services.ts';
import { firestoreStores } from '../adapters.ts';
import { faultyProxy } from '../faultyProxy.ts';
import { emptyFirestore } from '../firestore.ts';
import { freePorts } from '../freePorts.ts';
import { memoryServices } from '../memory/services.ts';
import { startInstance } from '../production.ts';
import { SECRETS } from '../project.ts';
import { suite } from '../suite.ts';

const portOf = (host: string) => Number(host.split(':')[1]);

/**
 * One function under the production framework, in a project of its own where no trigger listens, with a proxy in front
 * of each of its dependencies. `services` reach the same data directly.
 */
export async function startBehindProxies(name: string, environment: Record<string, string> = {}) {
  const projectId = `demo-${randomUUID()}`;
  const ports = freePorts(2) as [number, number];
  const firestore = faultyProxy(ports[0], portOf(suite.firestoreHost));
  const pubsub = faultyProxy(ports[1], portOf(suite.pubsubHost));
  await Promise.all([firestore.listen(), pubsub.listen()]);
  const instance = startInstance(name, {
    ...SECRETS,
    GCLOUD_PROJECT: projectId,
    GOOGLE_CLOUD_PROJECT: projectId,
    FIRESTORE_EMULATOR_HOST: `127.0.0.1:${ports[0]}`,
    PUBSUB_EMULATOR_HOST: `127.0.0.1:${ports[1]}`,
    CAPTURE_WAIT_MS: '0',
    ...environment,
  });
  await instance.ready();

  const keyring = createKeyring([SECRETS.JWT_SECRET_KEY]);
  const { accounts, sessions, loginAttempts, tweets, outbox, tweetLists } = firestoreStores(
    emptyFirestore(projectId),
  );
  const services: Services = {
    ...memoryServices().services,
    ...{ accounts, sessions, loginAttempts, tweets, outbox, tweetLists },
    clock: { now: () => new Date(), sleep: async (milliseconds) => void (await sleep(milliseconds)) },
    keys: () => keyring,
  };
  return {
    projectId,
    services,
    firestore,
    pubsub,
    url: instance.url,
    /** The lines that an alert can match. */
    errors: () =>
      [...instance.output().matchAll(/"severity":"ERROR","message":"(\w+)"/g)].map(([, event]) => event),
    output: instance.output,
    async stop() {
      instance.stop();
      await Promise.all([firestore.cut(), pubsub.cut()]);
    },
  };
}

export type Instance = Awaited<ReturnType<typeof startBehindProxies>>;
