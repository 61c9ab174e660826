import type { Account } from '../../../src/accounts/account.ts';
import type { LoginAttempts } from '../../../src/accounts/loginThrottle.ts';
import type { Session } from '../../../src/accounts/session.ts';
import type { AuditEntry, AuditLog } from '../../../src/audit/audit.ts';
import type { QueueItem } from '../../../src/delivery/queueItem.ts';
import type { PersonalData, PersonalRecord } from '../../../src/privacy/ports.ts';
import type { DeletedTweet, StoredTweet } from '../../../src/tweets/tweet.ts';
import { withoutData } from './tweets.ts';

export function memoryAuditLog(): AuditLog & { entries: Map<string, AuditEntry> } {
  const entries = new Map<string, AuditEntry>();
  return { entries, append: async (entry) => void entries.set(entry.id, { ...entry }) };
}

interface Everything {
  stored: { accounts: Map<string, Account>; sessions: Map<string, Session> };
  attempts: Map<string, LoginAttempts>;
  tweets: Map<string, StoredTweet>;
  queue: Map<string, QueueItem>;
  deleted: Map<string, DeletedTweet>;
  entries: Map<string, AuditEntry>;
}

export function memoryPersonalData(all: Everything): PersonalData {
  const { accounts, sessions } = all.stored;
  const { attempts, tweets, deleted, queue, entries } = all;
  const erasures = new Map<string, { begunAt: Date; email: string }>();
  const named = <T extends { userId: string | null }>(map: Map<string, T>, userId: string) =>
    [...map].filter(([, value]) => value.userId === userId);
  return {
    async *read(userId, after): AsyncGenerator<PersonalRecord> {
      const account = accounts.get(userId);
      const of = <K extends string, T extends { userId: string | null }>(kind: K, map: Map<string, T>) =>
        named(map, userId).map(([id, data]) => ({ kind, id, data }));
      const lists: PersonalRecord[][] = [
        account ? [{ kind: 'account', id: userId, data: { ...account } }] : [],
        of('session', sessions),
        [...of('tweet', tweets), ...of('deletedTweet', deleted)],
        of('queueItem', queue).map((record) => ({ ...record, data: withoutData(record.data) })),
        of('auditEntry', entries),
      ];
      const place = (kind: PersonalRecord['kind']) =>
        ['account', 'session', /tweet/i, 'queueItem', 'auditEntry'].findIndex((each) => kind.match(each));
      for (const [index, list] of lists.entries()) {
        const first = after ? place(after.kind) : 0;
        const left = list.filter(({ id }) => index > first || (index === first && (!after || id > after.id)));
        yield* left.sort((a, b) => (a.id < b.id ? -1 : 1));
      }
    },
    async beginErasure({ userId, email, passwordHash }, at) {
      const account = accounts.get(userId);
      if (!account) return erasures.has(userId) ? 'begun' : 'refused';
      if (account.passwordHash !== passwordHash) return 'refused';
      accounts.delete(userId);
      attempts.delete(email);
      erasures.set(userId, { begunAt: at, email });
      return 'begun';
    },
    async erase(userId, limit) {
      for (const map of [tweets, deleted, queue, sessions, entries] as Map<string, { userId: string }>[]) {
        const found = named(map, userId).slice(0, limit);
        for (const [key] of found) map.delete(key);
        if (found.length > 0) return found.length;
      }
      return 0;
    },
    async listErasures(limit) {
      const begun = [...erasures].map(([userId, { begunAt }]) => ({ userId, begunAt }));
      return begun.toSorted((a, b) => Number(a.begunAt) - Number(b.begunAt)).slice(0, limit);
    },
    async endErasure(userId) {
      const { email = '' } = erasures.get(userId) ?? {};
      const isTaken = [...accounts.values()].some((account) => account.email === email);
      if (!isTaken) attempts.delete(email);
      erasures.delete(userId);
    },
  };
}
