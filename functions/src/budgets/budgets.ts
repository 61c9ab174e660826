import type { Config } from '../config/parameters.ts';
import { AppError } from '../core/errors.ts';
import type { Clock, Log } from '../core/runtime.ts';
import { withTimeout } from '../core/timeout.ts';
import type { BudgetStore } from './budgetStore.ts';
import { type Amounts, BUDGETS, type Budget, type Day, NOTHING } from './budgetStore.ts';

/** See `Settings`. */
export const BUDGET_SETTINGS: Settings = {
  stepShare: 0.01,
  reportTimeoutMs: 2000,
  exportLockMs: 120_000,
  maxRetrySeconds: 30,
  maxUsers: 10_000,
};

const PARAMETER = {
  captures: 'DAILY_CAPTURES',
  bytes: 'DAILY_MEGABYTES',
  exports: 'DAILY_EXPORTS',
  reads: 'DAILY_READS',
} as const satisfies Record<Budget, keyof Config>;

export const limitsOf = (config: Config): Amounts => ({
  captures: config.DAILY_CAPTURES,
  bytes: config.DAILY_MEGABYTES * 1_000_000,
  exports: config.DAILY_EXPORTS,
  reads: config.DAILY_READS,
});

export interface Budgets {
  /**
   * Counts the usage of a request in advance. Fails with `rate_limited` until midnight UTC if one of `budgets` is used up.
   * Does not fail if the store does.
   */
  spend(userId: string, budgets: readonly Budget[], amounts: Partial<Amounts>): Promise<void>;
  /** Counts the usage of a request afterwards. Never fails. */
  used(userId: string, amounts: Partial<Amounts>): Promise<void>;
  /** Counts a part of an export, and blocks other exports of the user until the returned function is called. */
  startExport(userId: string, id: string): Promise<(reads: number) => Promise<void>>;
  /** Returns the reported usage of the day, and when the next day begins. */
  usage(userId: string): Promise<{ used: Amounts; limits: Amounts; resetsAt: Date }>;
}

interface Settings {
  /** An instance reports what it has counted once it is this share of a budget. */
  stepShare: number;
  reportTimeoutMs: number;
  /** When the lock of an export ends that did not report its end. */
  exportLockMs: number;
  /** The longest `Retry-After` of a request that waits for another export. */
  maxRetrySeconds: number;
  /** With more users an instance forgets its counts, so that its memory stays bounded. */
  maxUsers: number;
}

/** The usage of one user's day, as one instance counts it. */
interface Account {
  /** The usage of all instances at the last report. */
  reported: Amounts;
  pending: Amounts;
  /** The amounts of `pending` that trigger the next report. After a failed report they are one step higher. */
  reportAt: Amounts;
  refused: Set<Budget>;
}

/**
 * Counts in memory and reports in steps, so that a request costs no read and no write. Each instance can exceed a budget by
 * one step.
 */
export function createBudgets(
  store: BudgetStore,
  clock: Clock,
  log: Log,
  limits: Amounts,
  { stepShare, reportTimeoutMs, exportLockMs, maxRetrySeconds, maxUsers }: Settings,
): Budgets {
  let current: Day = '';
  let accounts = new Map<string, Account>();
  const steps = mapped((budget) => Math.max(1, Math.floor(limits[budget] * stepShare)));

  const today = (): Day => clock.now().toISOString().slice(0, 10);

  const accountOf = (userId: string): Account => {
    // A clock that steps back must not open a day again.
    const day = today() > current ? today() : current;
    if (day !== current || accounts.size >= maxUsers) accounts = new Map();
    current = day;
    const known = accounts.get(userId);
    if (known) return known;
    const fresh = {
      reported: { ...NOTHING },
      pending: { ...NOTHING },
      reportAt: { ...steps },
      refused: new Set<Budget>(),
    };
    accounts.set(userId, fresh);
    return fresh;
  };

  const refuse = (userId: string, account: Account, budget: Budget): never => {
    if (!account.refused.has(budget)) log('WARNING', 'budget_used_up', { userId, budget });
    account.refused.add(budget);
    const name = PARAMETER[budget];
    const limit = budget === 'bytes' ? limits.bytes / 1_000_000 : limits[budget];
    throw new AppError(
      'rate_limited',
      `The daily budget of this account is used up: ${name} is ${limit}. It resets at midnight UTC. ` +
        `The operator can raise ${name}.`,
      { retryAfterSeconds: Math.ceil((nextDay(current).getTime() - clock.now().getTime()) / 1000) },
    );
  };

  const check = (userId: string, account: Account, budgets: readonly Budget[], amounts: Partial<Amounts>) => {
    for (const budget of budgets) {
      const wanted = account.reported[budget] + account.pending[budget] + (amounts[budget] || 1);
      if (wanted > limits[budget]) refuse(userId, account, budget);
    }
  };

  const report = async (userId: string, account: Account) => {
    const day = current;
    const amounts = account.pending;
    account.pending = { ...NOTHING };
    try {
      account.reported = await withTimeout(reportTimeoutMs, store.add(userId, day, amounts), tooLate);
      account.reportAt = { ...steps };
    } catch (error) {
      // A capture must not fail because it cannot be counted. If the report was applied, it counts twice.
      log('WARNING', 'budget_not_reported', { userId, reason: String(error) });
      account.pending = mapped((budget) => account.pending[budget] + amounts[budget]);
      account.reportAt = mapped((budget) => account.pending[budget] + steps[budget]);
    }
  };

  const add = async (userId: string, account: Account, amounts: Partial<Amounts>) => {
    account.pending = mapped((budget) => account.pending[budget] + (amounts[budget] ?? 0));
    if (BUDGETS.some((budget) => account.pending[budget] >= account.reportAt[budget])) {
      await report(userId, account);
    }
  };

  return {
    async spend(userId, budgets, amounts) {
      const account = accountOf(userId);
      check(userId, account, budgets, amounts);
      await add(userId, account, amounts);
    },

    async used(userId, amounts) {
      await add(userId, accountOf(userId), amounts);
    },

    async startExport(userId, id) {
      const account = accountOf(userId);
      const day = current;
      check(userId, account, ['exports', 'reads'], {});
      const now = clock.now();
      const until = new Date(now.getTime() + exportLockMs);
      const started = await store.startExport(userId, day, { id, now, until, limits });
      if (started.outcome === 'busy') {
        const seconds = Math.ceil((started.until.getTime() - now.getTime()) / 1000);
        throw new AppError(
          'rate_limited',
          'Another export of this account is running. Try again when it has ended.',
          {
            retryAfterSeconds: Math.min(Math.max(1, seconds), maxRetrySeconds),
          },
        );
      }
      account.reported = started.used;
      if (started.outcome !== 'started') refuse(userId, account, started.outcome);
      return async (reads) => {
        try {
          const ended = store.endExport(userId, day, { id, reads });
          account.reported = await withTimeout(reportTimeoutMs, ended, tooLate);
        } catch (error) {
          // The next export waits until the lock expires.
          log('WARNING', 'budget_not_reported', { userId, reason: String(error) });
          account.pending = { ...account.pending, reads: account.pending.reads + reads };
        }
      };
    },

    async usage(userId) {
      const { pending } = accountOf(userId);
      const reported = await store.read(userId, current);
      return {
        used: mapped((budget) => reported[budget] + pending[budget]),
        limits,
        resetsAt: nextDay(current),
      };
    },
  };
}

const mapped = (amount: (budget: Budget) => number): Amounts => ({
  captures: amount('captures'),
  bytes: amount('bytes'),
  exports: amount('exports'),
  reads: amount('reads'),
});

const nextDay = (day: Day) => new Date(Date.parse(day) + 86_400_000);

function tooLate(): never {
  throw new Error('The database did not answer in time');
}
