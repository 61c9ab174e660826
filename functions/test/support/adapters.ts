import type { Firestore } from 'firebase-admin/firestore';
import { createAccountStore } from '../../src/firebase/accountStore.ts';
import { createAuditLog } from '../../src/firebase/auditLog.ts';
import { createBrakeStore } from '../../src/firebase/brakeStore.ts';
import { createBudgetStore } from '../../src/firebase/budgetStore.ts';
import { createGuessStore } from '../../src/firebase/guessStore.ts';
import { createPersonalData } from '../../src/firebase/personalData.ts';
import { createQueueOperations } from '../../src/firebase/queueOperations.ts';
import { createRateLimitStore } from '../../src/firebase/rateLimitStore.ts';
import { createSessionStore } from '../../src/firebase/sessionStore.ts';
import { createTweetLists } from '../../src/firebase/tweetLists.ts';
import { createTweetStore } from '../../src/firebase/tweetStore.ts';
import type {
  AccountStore,
  AuditLog,
  BrakeStore,
  BudgetStore,
  GuessStore,
  PersonalData,
  QueueOperations,
  RateLimitStore,
  SessionStore,
  TweetLists,
  TweetStore,
} from '../../src/ports.ts';
import { emptyFirestore } from './firestore.ts';
import { memoryAccounts } from './memory/accounts.ts';
import { memoryBrakes } from './memory/brakes.ts';
import { memoryBudgets } from './memory/budgets.ts';
import { memoryGuesses, memoryRateLimits } from './memory/limits.ts';
import { memoryAuditLog, memoryPersonalData } from './memory/personalData.ts';
import { memoryQueueOperations } from './memory/queueOperations.ts';
import { memoryTweetLists } from './memory/tweetLists.ts';
import { memoryTweets } from './memory/tweets.ts';

export interface Stores {
  accounts: AccountStore;
  sessions: SessionStore;
  tweets: TweetStore;
  tweetLists: TweetLists;
  queueOperations: QueueOperations;
  guesses: GuessStore;
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
    const guesses = memoryGuesses();
    const auditLog = memoryAuditLog();
    const personalData = memoryPersonalData({ stored, ...tweets, ...guesses, ...auditLog });
    const tweetLists = memoryTweetLists(tweets);
    const queueOperations = memoryQueueOperations(tweets);
    return {
      ...accounts,
      tweets,
      tweetLists,
      queueOperations,
      guesses,
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
  tweetLists: createTweetLists(db),
  queueOperations: createQueueOperations(db),
  guesses: createGuessStore(db),
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
