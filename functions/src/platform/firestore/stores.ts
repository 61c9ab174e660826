import { createAccountStore } from './accountStore.ts';
import { createAuditLog } from './auditLog.ts';
import { createBrakeStore } from './brakeStore.ts';
import { createBudgetStore } from './budgetStore.ts';
import { createLoginAttemptStore } from './loginAttemptStore.ts';
import { createOutbox } from './outbox.ts';
import { createPersonalData } from './personalData.ts';
import { createProbe } from './probe.ts';
import { openProject } from './project.ts';
import { createQueueOperations } from './queueOperations.ts';
import { createRateLimitStore } from './rateLimitStore.ts';
import { createSessionStore } from './sessionStore.ts';
import { createTweetLists } from './tweetLists.ts';
import { createTweetStore } from './tweetStore.ts';

/** All that needs Google's client libraries, which take longer to load than everything else together. */
export function openStores(databaseId: string) {
  const { credential, db } = openProject(databaseId);
  return {
    credential,
    accounts: createAccountStore(db),
    sessions: createSessionStore(db),
    loginAttempts: createLoginAttemptStore(db),
    rateLimits: createRateLimitStore(db),
    budgets: createBudgetStore(db),
    brakes: createBrakeStore(db),
    auditLog: createAuditLog(db),
    personalData: createPersonalData(db),
    tweets: createTweetStore(db),
    outbox: createOutbox(db),
    tweetLists: createTweetLists(db),
    queueOperations: createQueueOperations(db),
    probe: createProbe(db),
  };
}

export type Stores = ReturnType<typeof openStores>;
