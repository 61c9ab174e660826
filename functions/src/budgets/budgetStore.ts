/** What one account may use up in a day: tweets sent, bytes of their requests, parts of exports, documents read. */
export const BUDGETS = ['captures', 'bytes', 'exports', 'reads'] as const;
export type Budget = (typeof BUDGETS)[number];
export type Amounts = Record<Budget, number>;

/** A day in UTC, such as `2026-03-01`. */
export type Day = string;

export const NOTHING: Amounts = { captures: 0, bytes: 0, exports: 0, reads: 0 };

/** Where all instances report what each user has used up in a day. */
export interface BudgetStore {
  /** Adds amounts; answers what all instances have reported, with them. */
  add(userId: string, day: Day, amounts: Amounts): Promise<Amounts>;
  /**
   * Counts a part of an export, and locks other ones of the user out until it ends or `until`, in one write; nothing where
   * another one holds the lock, or where a budget is used up.
   */
  startExport(userId: string, day: Day, start: ExportStart): Promise<StartedExport>;
  /** Adds what an export has read, and releases the lock where it still holds it. Answers like `add`. */
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
