import type { BudgetStore } from '../../../src/budgets/budgetStore.ts';
import { type Amounts, NOTHING } from '../../../src/budgets/budgetStore.ts';

interface Stored {
  used: Amounts;
  lock: { id: string; until: Date } | null;
}

/** Also counts how often it wrote. */
export function memoryBudgets(): BudgetStore & { writes: () => number } {
  const days = new Map<string, Stored>();
  let writes = 0;
  const of = (userId: string, day: string): Stored =>
    days.get(`${userId} ${day}`) ?? { used: { ...NOTHING }, lock: null };
  const write = (userId: string, day: string, stored: Stored) => {
    writes += 1;
    days.set(`${userId} ${day}`, structuredClone(stored));
    return { ...stored.used };
  };
  return {
    writes: () => writes,
    async add(userId, day, amounts) {
      const { used, lock } = of(userId, day);
      const total = Object.fromEntries(
        Object.entries(used).map(([budget, amount]) => [budget, amount + amounts[budget as keyof Amounts]]),
      );
      return write(userId, day, { used: total as Amounts, lock });
    },
    async startExport(userId, day, { id, now, until, limits }) {
      const { used, lock } = of(userId, day);
      if (lock?.id === id) return { outcome: 'started', used };
      if (lock && lock.until > now) return { outcome: 'busy', until: lock.until };
      for (const budget of ['exports', 'reads'] as const) {
        if (used[budget] >= limits[budget]) return { outcome: budget, used };
      }
      const counted = { ...used, exports: used.exports + 1 };
      return { outcome: 'started', used: write(userId, day, { used: counted, lock: { id, until } }) };
    },
    async endExport(userId, day, { id, reads }) {
      const { used, lock } = of(userId, day);
      const left = lock?.id === id ? null : lock;
      return write(userId, day, { used: { ...used, reads: used.reads + reads }, lock: left });
    },
    read: async (userId, day) => ({ ...of(userId, day).used }),
  };
}
