import type { Account } from '../../../src/accounts/account.ts';
import type { Session } from '../../../src/accounts/session.ts';
import type { AccountStore, SessionStore } from '../../../src/ports.ts';

/** Accounts and sessions in memory; each method runs without a pause, so it is atomic. */
export function memoryAccounts(): { accounts: AccountStore; sessions: SessionStore } {
  const accounts = new Map<string, Account>();
  const sessions = new Map<string, Session>();
  const byEmail = (email: string) => [...accounts.values()].find((account) => account.email === email);
  return {
    accounts: {
      async createUnlessTaken(account, session) {
        const holder = byEmail(account.email);
        if (holder) return holder.userId === account.userId ? 'created' : 'taken';
        accounts.set(account.userId, { ...account });
        sessions.set(session.id, { ...session });
        return 'created';
      },
      async findByEmail(email) {
        const account = byEmail(email);
        return account ? { ...account } : null;
      },
      async findById(userId) {
        const account = accounts.get(userId);
        return account ? { ...account } : null;
      },
    },
    sessions: {
      async create(session) {
        sessions.set(session.id, { ...session });
      },
      async refresh(sessionId, decide) {
        const session = sessions.get(sessionId);
        const decision = decide(session ? { ...session } : null);
        if (session) Object.assign(session, decision.changes);
        return decision;
      },
    },
  };
}
