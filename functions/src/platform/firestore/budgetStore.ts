import type { DocumentData, Firestore } from 'firebase-admin/firestore';
import type { Amounts, BudgetStore, Day } from '../../budgets/budgetStore.ts';
import { compareAndSet, fromDocument, hashOf } from './documents.ts';
import { withMappedErrors } from './errors.ts';

const KEPT_MS = 2 * 86_400_000;

/** One document for each user and day, which names nobody; deleted by TTL. */
export function createBudgetStore(db: Firestore): BudgetStore {
  const documentOf = (userId: string, day: Day) => db.collection('budgets').doc(hashOf(`${userId} ${day}`));
  const expiresAt = (day: Day) => new Date(Date.parse(day) + KEPT_MS);

  return withMappedErrors<BudgetStore>({
    async add(userId, day, amounts) {
      const { used } = await compareAndSet(documentOf(userId, day), (found) => {
        const used = sum(amountsOf(found.data()), amounts);
        return { used, changes: { ...used, expiresAt: expiresAt(day) } };
      });
      return used;
    },

    async startExport(userId, day, { id, now, until, limits }) {
      const { started } = await compareAndSet(documentOf(userId, day), (found) => {
        const stored = fromDocument(found.data() ?? {});
        const used = amountsOf(stored);
        // A commit is repeated after a lost response, and then finds its own lock.
        if (stored.exportId === id) return { started: { outcome: 'started' as const, used }, changes: {} };
        if (stored.exportId && stored.exportUntil > now) {
          return { started: { outcome: 'busy' as const, until: stored.exportUntil as Date }, changes: {} };
        }
        for (const budget of ['exports', 'reads'] as const) {
          if (used[budget] >= limits[budget]) return { started: { outcome: budget, used }, changes: {} };
        }
        const counted = { ...used, exports: used.exports + 1 };
        const changes = { ...counted, exportId: id, exportUntil: until, expiresAt: expiresAt(day) };
        return { started: { outcome: 'started' as const, used: counted }, changes };
      });
      return started;
    },

    async endExport(userId, day, { id, reads }) {
      const { used } = await compareAndSet(documentOf(userId, day), (found) => {
        const stored = found.data() ?? {};
        const used = sum(amountsOf(stored), { captures: 0, bytes: 0, exports: 0, reads });
        const lock = stored.exportId === id ? { exportId: null, exportUntil: null } : {};
        return { used, changes: { ...used, ...lock, expiresAt: expiresAt(day) } };
      });
      return used;
    },

    async read(userId, day) {
      return amountsOf((await documentOf(userId, day).get()).data());
    },
  });
}

const amountsOf = (data: DocumentData = {}): Amounts => ({
  captures: data.captures ?? 0,
  bytes: data.bytes ?? 0,
  exports: data.exports ?? 0,
  reads: data.reads ?? 0,
});

const sum = (a: Amounts, b: Amounts): Amounts => ({
  captures: a.captures + b.captures,
  bytes: a.bytes + b.bytes,
  exports: a.exports + b.exports,
  reads: a.reads + b.reads,
});
