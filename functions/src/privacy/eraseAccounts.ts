import type { Clock, Log } from '../core/runtime.ts';
import type { PersonalData } from './ports.ts';

export const ERASURE = {
  /** Documents of one commit. */
  maxDocuments: 300,
  /** How long the request itself erases before it leaves the rest to the schedule. */
  requestBudgetMs: 10_000,
  /** Until then a cached session may still be accepted somewhere, and a running request may store something. */
  settledAfterMs: 15 * 60_000,
  runBudgetMs: 4 * 60_000,
  maxPerRun: 100,
} as const;

export const ERASURE_SCHEDULE = { schedule: 'every 5 minutes', timeoutSeconds: 300 } as const;

const { maxDocuments, runBudgetMs, settledAfterMs, maxPerRun } = ERASURE;

/** Erases a user's documents in batches while there is time. Returns whether nothing is left. */
export async function eraseAll(
  userId: string,
  { personalData }: { personalData: PersonalData },
  hasTime: () => boolean,
): Promise<boolean> {
  while (hasTime()) {
    if ((await personalData.erase(userId, maxDocuments)) === 0) return true;
  }
  return false;
}

/**
 * Continues the erasures. An erasure ends when nothing is left and nothing new can be stored. Each run checks again until
 * then, so a run that crashes only leaves work to the next one.
 */
export async function eraseAccounts(services: {
  personalData: PersonalData;
  clock: Clock;
  log: Log;
}): Promise<void> {
  const { personalData, clock, log } = services;
  const stopAt = clock.now().getTime() + runBudgetMs;
  const hasTime = () => clock.now().getTime() < stopAt;
  let ended = 0;
  const erasures = await personalData.listErasures(maxPerRun);
  for (const { userId, begunAt } of erasures) {
    const isSettled = begunAt.getTime() + settledAfterMs <= clock.now().getTime();
    try {
      if (!(await eraseAll(userId, services, hasTime)) || !isSettled) continue;
      await personalData.endErasure(userId);
      ended += 1;
    } catch (error) {
      // One erasure that fails must not block the others.
      log('ERROR', 'erasure_failed', { reason: String(error) });
    }
  }
  if (erasures.length > 0) log('INFO', 'erasure_run', { ended, left: erasures.length - ended });
}
