import { z } from 'zod';
import type { Audit, AuditEvent } from '../audit/audit.ts';
import type { Clock } from '../core/runtime.ts';
import type { QueueState } from '../delivery/queueItem.ts';
import type { Caller } from '../http/principal.ts';

/** Items of one commit, and the time after which a request starts no new one. */
export const BATCH_JOB = { maxItems: 100, budgetMs: 10_000 };

const { maxItems, budgetMs } = BATCH_JOB;

/** Ids of queue items in a request. Firestore refuses ids like `__this__`. */
export const itemIds = z
  .array(z.string().regex(/^[A-Za-z0-9][\w-]{0,99}$/, 'must be the id of a queue item'))
  .min(1, 'must have at least 1 id')
  .max(maxItems, `must have at most ${maxItems} ids`)
  .transform((ids) => [...new Set(ids)])
  .meta({ examples: [['5f0c1e4e-3b8f-4a55-9a0e-6d2f1c9b7a10_1790000000000000001']] });

/** JSON Schema of a request that has one field and not the other; null counts as absent. */
export const onlyOf = (field: string, other: string) => ({
  required: [field],
  properties: { [field]: { not: { type: 'null' } }, [other]: { type: 'null' } },
});

/** Counts of committed batches. They stay correct if a later batch fails. */
export interface BatchJob {
  done: number;
  skipped: number;
  /** Whether the time was too short for all items. */
  more: boolean;
}

/** Commits the items that `read` returns, in batches, until the time is up. */
export async function forEachBatch(
  read: (limit: number, after: QueueState | null) => Promise<QueueState[]>,
  { clock }: { clock: Clock },
  work: BatchJob,
  until: number,
  commit: (ids: string[]) => Promise<void>,
): Promise<void> {
  let after: QueueState | null = null;
  do {
    if (clock.now().getTime() >= until) {
      work.more = true;
      return;
    }
    const page = await read(maxItems, after);
    if (page.length > 0) await commit(page.map(({ id }) => id));
    after = page.length < maxItems ? null : (page.at(-1) ?? null);
  } while (after);
}

/** Returns the time after which a request that starts now begins no further batch. */
export const deadlineOf = ({ clock }: { clock: Clock }) => clock.now().getTime() + budgetMs;

/** Runs a batch job and records its progress in the audit log, even if it fails. */
export async function withAudit(
  event: AuditEvent,
  { userId, sessionId }: Caller,
  audit: Audit,
  run: (work: BatchJob) => Promise<void>,
): Promise<BatchJob> {
  const work: BatchJob = { done: 0, skipped: 0, more: false };
  let outcome: 'success' | 'failure' = 'failure';
  try {
    await run(work);
    outcome = 'success';
  } finally {
    await audit(event, outcome, { userId, sessionId, reason: `${work.done} items` });
  }
  return work;
}
