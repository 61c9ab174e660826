import { randomUUID } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import bcrypt from 'bcryptjs';
import { createAuthenticator } from '../../../src/accounts/authenticate.ts';
import { createKeyring } from '../../../src/accounts/keys.ts';
import { BCRYPT_PERMITS, createPasswords } from '../../../src/accounts/password.ts';
import { readRefreshToken } from '../../../src/accounts/refreshToken.ts';
import { createSessionCache, SESSION_CACHE } from '../../../src/accounts/sessionCache.ts';
import type { Services } from '../../../src/app/services.ts';
import { BRAKE_SETTINGS, createBrakes } from '../../../src/brakes/brakes.ts';
import { BUDGET_SETTINGS, createBudgets, limitsOf } from '../../../src/budgets/budgets.ts';
import { readConfig } from '../../../src/config/parameters.ts';
import type { Clock, Log, Severity } from '../../../src/core/runtime.ts';
import { createSemaphore } from '../../../src/core/semaphore.ts';
import type { Publisher } from '../../../src/delivery/ports.ts';
import type { OutboundMessage } from '../../../src/delivery/queueItem.ts';
import { createHealthCheck } from '../../../src/health/healthCheck.ts';
import { createRateLimiter } from '../../../src/http/rateLimit.ts';
import { createRefusals, refusalSettings } from '../../../src/http/refusals.ts';
import { memoryAccounts } from './accounts.ts';
import { memoryBrakes } from './brakes.ts';
import { memoryBudgets } from './budgets.ts';
import { memoryLoginAttempts, memoryRateLimits } from './limits.ts';
import { memoryAuditLog, memoryPersonalData } from './personalData.ts';
import { memoryQueueOperations } from './queueOperations.ts';
import { memoryTweetLists } from './tweetLists.ts';
import { memoryTweets } from './tweets.ts';

export const TEST_SECRET = 'a secret for tests only, long enough to be accepted';

export interface LogLine {
  severity: Severity;
  event: string;
  fields: Record<string, unknown>;
}

/** A clock that stands still until a test moves it; who sleeps moves it, too, once all that need not wait is done. */
export function fakeClock(
  start = new Date('2026-03-01T12:00:00Z'),
): Clock & { advance(milliseconds: number): void } {
  let now = start.getTime();
  return {
    now: () => new Date(now),
    sleep: async (milliseconds, signal) => {
      await turn();
      if (!signal?.aborted) now += milliseconds;
    },
    advance: (milliseconds) => {
      now += milliseconds;
    },
  };
}

/** Services in memory on a fake clock, with everything that they logged, published and alerted of. */
export function memoryServices(environment: Record<string, string> = {}) {
  const config = readConfig({
    RATE_LIMIT_PER_MINUTE: '1000000',
    PUBLIC_RATE_LIMIT_PER_MINUTE: '1000000',
    ...environment,
  });
  const clock = fakeClock();
  const lines: LogLine[] = [];
  const sent: OutboundMessage[] = [];
  const alerts: string[][] = [];
  const log: Log = (severity, event, fields = {}) => void lines.push({ severity, event, fields });
  const keyring = createKeyring([TEST_SECRET]);
  const brakeStore = memoryBrakes();
  const brakes = createBrakes(brakeStore, clock, log, BRAKE_SETTINGS);
  const { accounts, sessions, stored } = memoryAccounts(brakeStore.paused);
  const tweets = memoryTweets();
  const loginAttempts = memoryLoginAttempts();
  const auditLog = memoryAuditLog();
  const rateLimits = memoryRateLimits(clock.now);
  const budgets = memoryBudgets();
  const reachable = async () => {};
  const publisher: Publisher = {
    async publish(messages) {
      return messages.map(({ data, attributes }) => {
        const id = sent.push(structuredClone({ data, attributes }));
        return `projects/p/topics/t/messages/${id}`;
      });
    },
  };
  const keys = () => keyring;
  const sessionCache = createSessionCache(accounts, clock, brakes, SESSION_CACHE);
  const services: Services = {
    config,
    clock,
    ids: () => randomUUID(),
    random: () => 0.5,
    log,
    keys,
    // The lowest cost: what is tested with these services is not bcrypt.
    passwords: createPasswords(bcrypt, 4, createSemaphore({ ...BCRYPT_PERMITS, maxWaiting: 1000 })),
    accounts,
    sessions,
    loginAttempts,
    auditLog,
    personalData: memoryPersonalData({ stored, ...loginAttempts, ...tweets, ...auditLog }),
    tweets,
    outbox: tweets,
    tweetLists: memoryTweetLists(tweets),
    queueOperations: memoryQueueOperations(tweets),
    alert: async (ids) => void alerts.push(ids),
    publisher,
    breakerPublisher: publisher,
    sessionCache,
    authenticate: createAuthenticator(keys, sessionCache, clock),
    readRefreshToken: (token) => readRefreshToken(keys(), token),
    rateLimiter: createRateLimiter(rateLimits, clock, log, {
      timeoutMs: 1000,
      strictTimeoutMs: 1000,
      cooldownMs: 5000,
    }),
    refusals: createRefusals(clock, log, refusalSettings(config)),
    budgets: createBudgets(budgets, clock, log, limitsOf(config), BUDGET_SETTINGS),
    brakes,
    brakeStore,
    health: createHealthCheck({ firestore: reachable, pubsub: reachable }, clock, '0.0.0', {
      timeoutMs: 1000,
      cacheTtlMs: 0,
    }),
  };
  return {
    services,
    clock,
    lines,
    sent,
    alerts,
    tweets,
    rateLimits,
    budgets,
    brakeStore,
    audited: auditLog.entries,
  };
}
