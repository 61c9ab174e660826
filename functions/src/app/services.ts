import { setTimeout as sleep } from 'node:timers/promises';
import about from '../../package.json' with { type: 'json' };
import type { Authenticate } from '../accounts/authenticate.ts';
import { createAuthenticator } from '../accounts/authenticate.ts';
import { createKeyring, type Keyring } from '../accounts/keys.ts';
import { BCRYPT_COST, BCRYPT_PERMITS, createPasswords } from '../accounts/password.ts';
import type { AccountStore, LoginAttemptStore, Passwords, SessionStore } from '../accounts/ports.ts';
import { readRefreshToken } from '../accounts/refreshToken.ts';
import { createSessionCache, SESSION_CACHE, type SessionCache } from '../accounts/sessionCache.ts';
import type { AuditLog } from '../audit/audit.ts';
import { BRAKE_SETTINGS, type BrakeStore, type Brakes, createBrakes } from '../brakes/brakes.ts';
import { BUDGET_SETTINGS, type Budgets, createBudgets, limitsOf } from '../budgets/budgets.ts';
import { type Config, readConfig } from '../config/parameters.ts';
import { readAlertUrl, readSecrets } from '../config/secrets.ts';
import { lazy } from '../core/lazy.ts';
import type { Clock, Ids, Log } from '../core/runtime.ts';
import { createSemaphore } from '../core/semaphore.ts';
import { ALERT_SETTINGS, createAlert } from '../delivery/alert.ts';
import { withCircuitBreaker } from '../delivery/circuitBreaker.ts';
import { BREAKER_OPEN_MS, PUBLISH_TIMEOUT_MS } from '../delivery/policy.ts';
import type { Alert, Outbox, Publisher, QueueOperations } from '../delivery/ports.ts';
import { createHealthCheck, HEALTH_SETTINGS, type HealthReport } from '../health/healthCheck.ts';
import type { ReadRefreshToken } from '../http/endpoint.ts';
import { createRateLimiter, RATE_LIMIT_SETTINGS, type RateLimiter } from '../http/rateLimit.ts';
import { createRefusals, type Refusals, refusalSettings } from '../http/refusals.ts';
import { createAccessTokens, deployedAccessToken } from '../platform/accessToken.ts';
import type { Stores } from '../platform/firestore/stores.ts';
import { createLog } from '../platform/functions/log.ts';
import { createPubsub } from '../platform/pubsub/publisher.ts';
import type { PersonalData } from '../privacy/ports.ts';
import type { TweetLists, TweetStore } from '../tweets/ports.ts';

/** All services of an instance. */
export interface Services {
  config: Config;
  clock: Clock;
  ids: Ids;
  /** From 0 up to 1. */
  random: () => number;
  log: Log;
  keys: () => Keyring;
  passwords: Passwords;
  accounts: AccountStore;
  sessions: SessionStore;
  loginAttempts: LoginAttemptStore;
  auditLog: AuditLog;
  personalData: PersonalData;
  tweets: TweetStore;
  outbox: Outbox;
  tweetLists: TweetLists;
  queueOperations: QueueOperations;
  alert: Alert;
  publisher: Publisher;
  /** The publisher of the trigger, which can queue instead: it fails fast during a known outage. */
  breakerPublisher: Publisher;
  sessionCache: SessionCache;
  authenticate: Authenticate;
  readRefreshToken: ReadRefreshToken;
  rateLimiter: RateLimiter;
  refusals: Refusals;
  budgets: Budgets;
  brakes: Brakes;
  brakeStore: BrakeStore;
  health: () => Promise<HealthReport>;
}

let built: Services | undefined;

/** Everything the functions work with, built at the first call and kept for the instance's life. */
export function services(): Services {
  built ??= build();
  return built;
}

/** Loads Google's libraries, so it waits until something is asked of a store: the server listens by then. */
async function open(databaseId: string): Promise<Stores> {
  const { openStores } = await import('../platform/firestore/stores.ts');
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
  const store = <Name extends keyof Stores>(name: Name) => lazy(async () => (await stores())[name]);
  const clock: Clock = {
    now: () => new Date(),
    sleep: (milliseconds, signal) => sleep(milliseconds, undefined, { signal }).catch(() => {}),
  };
  const credential = store('credential');
  const pubsub = createPubsub({
    name: `projects/${process.env.GCLOUD_PROJECT}/topics/${config.PUBSUB_TOPIC}`,
    accessToken: deployedAccessToken ?? createAccessTokens(async () => await credential.getAccessToken()),
    emulatorHost: process.env.PUBSUB_EMULATOR_HOST,
    deadlineMs: PUBLISH_TIMEOUT_MS,
  });
  const log = createLog(config.LOG_LEVEL);
  const accounts = store('accounts');
  const brakeStore = store('brakes');
  const brakes = createBrakes(brakeStore, clock, log, BRAKE_SETTINGS);
  let keyring: Keyring | undefined;
  const keys = () => {
    keyring ??= createKeyring(readSecrets());
    return keyring;
  };
  const sessionCache = createSessionCache(accounts, clock, brakes, SESSION_CACHE);

  return {
    config,
    clock,
    ids: () => crypto.randomUUID(),
    random: Math.random,
    log,
    keys,
    passwords: createPasswords(
      lazy(async () => (await import('bcryptjs')).default),
      BCRYPT_COST,
      createSemaphore(BCRYPT_PERMITS),
    ),
    accounts,
    sessions: store('sessions'),
    loginAttempts: store('loginAttempts'),
    auditLog: store('auditLog'),
    personalData: store('personalData'),
    tweets: store('tweets'),
    outbox: store('outbox'),
    tweetLists: store('tweetLists'),
    queueOperations: store('queueOperations'),
    alert: createAlert(readAlertUrl(), clock, log, ALERT_SETTINGS),
    publisher: pubsub.publisher,
    breakerPublisher: withCircuitBreaker(pubsub.publisher, clock, BREAKER_OPEN_MS),
    sessionCache,
    authenticate: createAuthenticator(keys, sessionCache, clock),
    readRefreshToken: (token) => readRefreshToken(keys(), token),
    rateLimiter: createRateLimiter(store('rateLimits'), clock, log, RATE_LIMIT_SETTINGS),
    refusals: createRefusals(clock, log, refusalSettings(config)),
    budgets: createBudgets(store('budgets'), clock, log, limitsOf(config), BUDGET_SETTINGS),
    brakes,
    brakeStore,
    health: createHealthCheck(
      { firestore: store('probe').firestore, pubsub: pubsub.probe },
      clock,
      about.version,
      HEALTH_SETTINGS,
    ),
  };
}
