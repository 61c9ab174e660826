import type { Account } from '../../../src/accounts/account.ts';
import type { AccountStore, SessionStore } from '../../../src/accounts/ports.ts';
import { isLive, isOfEpoch, latestUsedFirst, type Session } from '../../../src/accounts/session.ts';
import { NOTHING_PAUSED, type Paused } from '../../../src/brakes/brakes.ts';

const copy = <T extends object>(stored: T | undefined): T | null => (stored ? { ...stored } : null);

/** Accounts and sessions in memory; each method runs without a pause, so it is atomic. */
export function memoryAccounts(paused: Paused = NOTHING_PAUSED): {
  accounts: AccountStore;
  sessions: SessionStore;
  stored: { accounts: Map<string, Account>; sessions: Map<string, Session> };
} {
  const accounts = new Map<string, Account>();
  const sessions = new Map<string, Session>();
  const byEmail = (email: string) => [...accounts.values()].find((account) => account.email === email);
  const endSessions = (account: Account, at: Date, kept?: Session) => {
    account.sessionEpoch = (account.sessionEpoch ?? 0) + 1;
    for (const session of sessions.values())
      if (session.userId === account.userId && session !== kept) session.revokedAt ??= at;
    if (kept) kept.epoch = account.sessionEpoch;
  };
  return {
    stored: { accounts, sessions },
    accounts: {
      async createUnlessTaken(account, session) {
        const holder = byEmail(account.email);
        if (holder) return holder.userId === account.userId ? 'created' : 'taken';
        accounts.set(account.userId, { ...account });
        if (session) sessions.set(session.id, { ...session });
        return 'created';
      },
      async findByEmail(email) {
        return copy(byEmail(email));
      },
      async changePassword(userId, { expectedHash, passwordHash, keptSessionId, at }) {
        const account = accounts.get(userId);
        if (account?.passwordHash === passwordHash) return 'changed';
        const kept = sessions.get(keptSessionId);
        if (account?.passwordHash !== expectedHash || kept?.userId !== userId) return 'refused';
        if (kept.revokedAt || !isOfEpoch(kept, account)) return 'refused';
        Object.assign(account, { passwordHash, updatedAt: at });
        endSessions(account, at, kept);
        return 'changed';
      },
      async setActive(userId, isActive, at) {
        const account = accounts.get(userId);
        if (!account) return 'unknown';
        if (!isActive) endSessions(account, at);
        if (account.isActive === isActive) return 'unchanged';
        Object.assign(account, { isActive, updatedAt: at });
        return 'changed';
      },
      async setRole(userId, role, at) {
        const account = accounts.get(userId);
        if (!account) return 'unknown';
        if (account.role === role) return 'unchanged';
        Object.assign(account, { role, updatedAt: at });
        return 'changed';
      },
      async getAccountAndSession(userId, sessionId) {
        const session = copy(sessions.get(sessionId));
        return { account: copy(accounts.get(userId)), session, paused: { ...paused } };
      },
      async findById(userId) {
        return copy(accounts.get(userId));
      },
    },
    sessions: {
      async create(session, passwordHash) {
        const account = accounts.get(session.userId);
        if (!account?.isActive || account.passwordHash !== passwordHash) return 'refused';
        const epoch = account.sessionEpoch;
        sessions.set(session.id, epoch ? { ...session, epoch } : { ...session });
        return 'created';
      },
      async endOldest({ id, userId, createdAt }, most) {
        const live = [...sessions.values()].filter((each) => each.userId === userId && !each.revokedAt);
        const old = live.toSorted((a, b) => Number(b.createdAt) - Number(a.createdAt)).slice(most);
        for (const session of old) if (session.id !== id) session.revokedAt = createdAt;
      },
      async listLive(userId, now) {
        const mine = [...sessions.values()].filter((session) => session.userId === userId);
        const account = accounts.get(userId) ?? {};
        const live = mine.filter((session) => isLive(session, now) && isOfEpoch(session, account));
        return latestUsedFirst(live.map((session) => ({ ...session })));
      },
      async revoke(sessionId, at) {
        const session = sessions.get(sessionId);
        if (!session || (session.revokedAt && Number(session.revokedAt) !== Number(at))) return null;
        session.revokedAt = at;
        return session.userId;
      },
      async revokeAll(userId, at) {
        const account = accounts.get(userId);
        if (account) endSessions(account, at);
      },
      async refresh(sessionId, decide) {
        const session = sessions.get(sessionId);
        const decision = decide(copy(session));
        if (session) Object.assign(session, decision.changes);
        return decision;
      },
    },
  };
}
