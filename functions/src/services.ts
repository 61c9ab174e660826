import { setTimeout as sleep } from 'node:timers/promises';
import about from '../package.json' with { type: 'json' };
import { createKeyring, type Keyring } from './accounts/keys.ts';
import { createLiveSessions } from './accounts/liveSessions.ts';
import { createPasswords } from './accounts/password.ts';
import { createAlert } from './alert/alert.ts';
import { createBrakes } from './brakes/brakes.ts';
import { createBudgets, limitsOf } from './budgets/budgets.ts';
import { readAlertUrl, readConfig, readSecrets, TUNING } from './config.ts';
import { createAccessTokens, deployedAccessToken } from './firebase/accessToken.ts';
import { createLog } from './firebase/log.ts';
import { createPubsub } from './firebase/pubsub.ts';
import type { Stores } from './firebase/stores.ts';
import { createHealthCheck } from './health/healthCheck.ts';
import { createRateLimiter } from './http/rateLimit.ts';
import { createRefusals, refusalSettings } from './http/refusals.ts';
import { later } from './later.ts';
import type { Clock, Services } from './ports.ts';
import { createSemaphore } from './semaphore.ts';
import { impatient } from './tweets/impatientPublisher.ts';

let built: Services | undefined;

/** Everything the functions work with, built at the first call and kept for the instance's life. */
export function services(): Services {
  built ??= build();
  return built;
}

/** Loads Google's libraries, so it waits until something is asked of a store: the server listens by then. */
async function open(databaseId: string): Promise<Stores> {
  const { openStores } = await import('./firebase/stores.ts');
  return openStores(databaseId);
}

function build(): Services {
  const config = readConfig();
  let opened: Promise<Stores> | undefined;
  const stores = () => {
    opened ??= open(config.FIRESTORE_DATABASE).catch((error) => {
      opened = undefined;
      throw error;
    });
    return opened;
  };
  const store = <Name extends keyof Stores>(name: Name) => later(async () => (await stores())[name]);
  const clock: Clock = {
    now: () => new Date(),
    sleep: (milliseconds, signal) => sleep(milliseconds, undefined, { signal }).catch(() => {}),
  };
  const credential = store('credential');
  const pubsub = createPubsub({
    name: `projects/${process.env.GCLOUD_PROJECT}/topics/${config.PUBSUB_TOPIC}`,
    accessToken: deployedAccessToken ?? createAccessTokens(async () => await credential.getAccessToken()),
    emulatorHost: process.env.PUBSUB_EMULATOR_HOST,
    deadlineMs: TUNING.publishDeadlineMs,
  });
  const log = createLog(config.LOG_LEVEL);
  const accounts = store('accounts');
  const brakeStore = store('brakes');
  const brakes = createBrakes(brakeStore, clock, log, { ...TUNING.session, ...TUNING.brakes });
  let keyring: Keyring | undefined;

  return {
    config,
    clock,
    ids: () => crypto.randomUUID(),
    random: Math.random,
    log,
    keys: () => {
      keyring ??= createKeyring(readSecrets());
      return keyring;
    },
    passwords: createPasswords(
      later(async () => (await import('bcryptjs')).default),
      TUNING.bcryptCost,
      createSemaphore(TUNING.bcryptPermits),
    ),
    accounts,
    sessions: store('sessions'),
    guesses: store('guesses'),
    auditLog: store('auditLog'),
    personalData: store('personalData'),
    tweets: store('tweets'),
    tweetLists: store('tweetLists'),
    queueOperations: store('queueOperations'),
    alert: createAlert(readAlertUrl(), clock, log, TUNING.alert),
    publisher: pubsub.publisher,
    impatientPublisher: impatient(pubsub.publisher, clock, TUNING.outageMemoryMs),
    liveSessions: createLiveSessions(accounts, clock, brakes, TUNING.session),
    rateLimiter: createRateLimiter(store('rateLimits'), clock, log, TUNING.rateLimit),
    refusals: createRefusals(clock, log, refusalSettings(config)),
    budgets: createBudgets(store('budgets'), clock, log, limitsOf(config), TUNING.budget),
    brakes,
    brakeStore,
    health: createHealthCheck(
      { firestore: store('probe').firestore, pubsub: pubsub.probe },
      clock,
      about.version,
      {
        deadlineMs: TUNING.healthDeadlineMs,
        keptMs: TUNING.healthKeptMs,
      },
    ),
  };
}
