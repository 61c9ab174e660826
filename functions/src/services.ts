import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import bcrypt from 'bcryptjs';
import { createKeyring, type Keyring } from './accounts/keys.ts';
import { createLiveSessions } from './accounts/liveSessions.ts';
import { createPasswords } from './accounts/password.ts';
import { createAlert } from './alert/alert.ts';
import { readAlertUrl, readConfig, readSecrets, TUNING } from './config.ts';
import { createAccountStore } from './firebase/accountStore.ts';
import { createAuditLog } from './firebase/auditLog.ts';
import { createGuessStore } from './firebase/guessStore.ts';
import { createLog } from './firebase/log.ts';
import { createPersonalData } from './firebase/personalData.ts';
import { openProject } from './firebase/project.ts';
import { createPubsub } from './firebase/pubsub.ts';
import { createQueueOperations } from './firebase/queueOperations.ts';
import { createRateLimitStore } from './firebase/rateLimitStore.ts';
import { createSessionStore } from './firebase/sessionStore.ts';
import { createTweetLists } from './firebase/tweetLists.ts';
import { createTweetStore } from './firebase/tweetStore.ts';
import { createHealthCheck } from './health/healthCheck.ts';
import { createRateLimiter } from './http/rateLimit.ts';
import type { Clock, Services } from './ports.ts';
import { impatient } from './tweets/impatientPublisher.ts';

let built: Services | undefined;

/** Everything the functions work with, built at the first call and kept for the instance's life. */
export function services(): Services {
  built ??= build();
  return built;
}

function build(): Services {
  const config = readConfig();
  const { id, credential, db } = openProject(config.FIRESTORE_DATABASE);
  const clock: Clock = {
    now: () => new Date(),
    sleep: async (milliseconds) => void (await sleep(milliseconds)),
  };
  const pubsub = createPubsub({
    name: `projects/${id}/topics/${config.PUBSUB_TOPIC}`,
    credential,
    emulatorHost: process.env.PUBSUB_EMULATOR_HOST,
    deadlineMs: TUNING.publishDeadlineMs,
  });
  const firestoreProbe = async () => {
    await db.doc('health/probe').get();
  };
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  const log = createLog(config.LOG_LEVEL);
  const accounts = createAccountStore(db);
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
    passwords: createPasswords(bcrypt, TUNING.bcryptCost),
    accounts,
    sessions: createSessionStore(db),
    guesses: createGuessStore(db),
    auditLog: createAuditLog(db),
    personalData: createPersonalData(db),
    tweets: createTweetStore(db),
    tweetLists: createTweetLists(db),
    queueOperations: createQueueOperations(db),
    alert: createAlert(readAlertUrl(), clock, log, TUNING.alert),
    publisher: pubsub.publisher,
    impatientPublisher: impatient(pubsub.publisher, clock, TUNING.outageMemoryMs),
    liveSessions: createLiveSessions(accounts, clock, TUNING.session),
    rateLimiter: createRateLimiter(createRateLimitStore(db), clock, log, {
      // The emulator starts a process for each parallel request; Cloud Run may keep the old version's instances a while.
      instances: process.env.FUNCTIONS_EMULATOR === 'true' ? null : 2 * TUNING.maxInstances,
      ...TUNING.lease,
    }),
    health: createHealthCheck({ firestore: firestoreProbe, pubsub: pubsub.probe }, clock, version, {
      deadlineMs: TUNING.healthDeadlineMs,
      keptMs: TUNING.healthKeptMs,
    }),
  };
}
