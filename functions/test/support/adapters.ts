import type { Firestore } from 'firebase-admin/firestore';
import type { AccountStore, LoginAttemptStore, SessionStore } from '../../src/accounts/ports.ts';
import type { AuditLog } from '../../src/audit/audit.ts';
import type { BrakeStore } from '../../src/brakes/brakes.ts';
import type { BudgetStore } from '../../src/budgets/budgetStore.ts';
import type { Outbox, QueueOperations } from '../../src/delivery/ports.ts';
import type { RateLimitStore } from '../../src/http/rateLimitWindow.ts';
import { createAccountStore } from '../../src/platform/firestore/accountStore.ts';
import { createAuditLog } from '../../src/platform/firestore/auditLog.ts';
import { createBrakeStore } from '../../src/platform/firestore/brakeStore.ts';
import { createBudgetStore } from '../../src/platform/firestore/budgetStore.ts';
import { createLoginAttemptStore } from '../../src/platform/firestore/loginAttemptStore.ts';
import { createOutbox } from '../../src/platform/firestore/outbox.ts';
import { createPersonalData } from '../../src/platform/firestore/personalData.ts';
import { createQueueOperations } from '../../src/platform/firestore/queueOperations.ts';
import { createRateLimitStore } from '../../src/platform/firestore/rateLimitStore.ts';
import { createSessionStore } from '../../src/platform/firestore/sessionStore.ts';
import { createTweetLists } from '../../src/platform/firestore/tweetLists.ts';
import { createTweetStore } from '../../src/platform/firestore/tweetStore.ts';
import type { PersonalData } from '../../src/privacy/ports.ts';
import type { TweetLists, TweetStore } from '../../src/tweets/ports.ts';
import { emptyFirestore } from './firestore.ts';
import { memoryAccounts } from './memory/accounts.ts';
import { memoryBrakes } from './memory/brakes.ts';
import { memoryBudgets } from './memory/budgets.ts';
import { memoryLoginAttempts, memoryRateLimits } from './memory/limits.ts';
import { memoryAuditLog, memoryPersonalData } from './memory/personalData.ts';
import { memoryQueueOperations } from './memory/queueOperations.ts';
import { memoryTweetLists } from './memory/tweetLists.ts';
import { memoryTweets } from './memory/tweets.ts';

export interface Stores {
  accounts: AccountStore;
  sessions: SessionStore;
  tweets: TweetStore;
  outbox: Outbox;
  tweetLists: TweetLists;
  queueOperations: QueueOperations;
  loginAttempts: LoginAttemptStore;
  rateLimits: RateLimitStore;
  budgets: BudgetStore;
  brakes: BrakeStore;
  auditLog: AuditLog;
  personalData: PersonalData;
}

/** The ways there are to implement the store ports, each giving empty stores. */
const ADAPTERS: Record<string, () => Stores> = {
  'in memory': () => {
    const brakes = memoryBrakes();
    const { stored, ...accounts } = memoryAccounts(brakes.paused);
    const tweets = memoryTweets();
    const loginAttempts = memoryLoginAttempts();
    const auditLog = memoryAuditLog();
    const personalData = memoryPersonalData({ stored, ...tweets, ...loginAttempts, ...auditLog });
    const tweetLists = memoryTweetLists(tweets);
    const queueOperations = memoryQueueOperations(tweets);
    return {
      ...accounts,
      tweets,
      outbox: tweets,
      tweetLists,
      queueOperations,
      loginAttempts,
      auditLog,
      personalData,
      rateLimits: memoryRateLimits(),
      budgets: memoryBudgets(),
      brakes,
    };
  },
  'on Firestore': () => firestoreStores(emptyFirestore()),
};

export const firestoreStores = (db: Firestore): Stores => ({
  accounts: createAccountStore(db),
  sessions: createSessionStore(db),
  tweets: createTweetStore(db),
  outbox: createOutbox(db),
  tweetLists: createTweetLists(db),
  queueOperations: createQueueOperations(db),
  loginAttempts: createLoginAttemptStore(db),
  rateLimits: createRateLimitStore(db),
  budgets: createBudgetStore(db),
  brakes: createBrakeStore(db),
  auditLog: createAuditLog(db),
  personalData: createPersonalData(db),
});

/** Runs one suite of a port on every adapter of it. */
export function onEveryAdapter(port: string, suite: (open: () => Stores) => void): void {
  for (const [name, open] of Object.entries(ADAPTERS)) {
    describe(`${port} ${name}`, () => suite(open));
  }
}
