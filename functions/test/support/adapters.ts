import { createAccountStore } from '../../src/firebase/accountStore.ts';
import { createSessionStore } from '../../src/firebase/sessionStore.ts';
import { createTweetStore } from '../../src/firebase/tweetStore.ts';
import type { AccountStore, SessionStore, TweetStore } from '../../src/ports.ts';
import { emptyFirestore } from './firestore.ts';
import { memoryAccounts } from './memory/accounts.ts';
import { memoryTweets } from './memory/tweets.ts';

export interface Stores {
  accounts: AccountStore;
  sessions: SessionStore;
  tweets: TweetStore;
}

/** The ways there are to implement the store ports, each giving empty stores. */
const ADAPTERS: Record<string, () => Stores> = {
  'in memory': () => ({ ...memoryAccounts(), tweets: memoryTweets() }),
  'on Firestore': () => {
    const db = emptyFirestore();
    return {
      accounts: createAccountStore(db),
      sessions: createSessionStore(db),
      tweets: createTweetStore(db),
    };
  },
};

/** Runs one suite of a port on every adapter of it. */
export function onEveryAdapter(port: string, suite: (open: () => Stores) => void): void {
  for (const [name, open] of Object.entries(ADAPTERS)) {
    describe(`${port} ${name}`, () => suite(open));
  }
}
