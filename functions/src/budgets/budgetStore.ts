/** The daily budgets of an account: captures, bytes of their requests, parts of exports, and documents read. */
export const BUDGETS = ['captures', 'bytes', 'exports', 'reads'] as const;
export type Budget = (typeof BUDGETS)[number];
export type Amounts = Record<Budget, number>;

/** A day in UTC, such as `2026-03-01`. */
export type Day = string;

export const NOTHING: Amounts = { captures: 0, bytes: 0, exports: 0, reads: 0 };

/** Stores the daily usage of each user, as reported by all instances. */
export interface BudgetStore {
  /** Adds amounts, and returns the new totals. */
  add(userId: string, day: Day, amounts: Amounts): Promise<Amounts>;
  /**
   * Counts a part of an export and takes the user's export lock until it ends or until `until`, in one write. Does nothing
   * if another export holds the lock or a budget is used up.
   */
  startExport(userId: string, day: Day, start: ExportStart): Promise<StartedExport>;
  /** Adds the reads of an export, and releases the lock if it still holds it. Returns the new totals. */
  endExport(userId: string, day: Day, end: { id: string; reads: number }): Promise<Amounts>;
  read(userId: string, day: Day): Promise<Amounts>;
}

export interface ExportStart {
  id: string;
  now: Date;
  until: Date;
  limits: Amounts;
}

export type StartedExport =
  | { outcome: 'started' | 'exports' | 'reads'; used: Amounts }
  | { outcome: 'busy'; until: Date };
