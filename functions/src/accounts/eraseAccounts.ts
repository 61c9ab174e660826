import { TUNING } from '../config.ts';
import type { Services } from '../ports.ts';

const { batch, runBudgetMs, settledAfterMs, perRun } = TUNING.erasure;

/** Erases what names a user, batch by batch while there is time; answers whether nothing is left. */
export async function eraseAll(
  userId: string,
  { personalData }: Services,
  hasTime: () => boolean,
): Promise<boolean> {
  while (hasTime()) {
    if ((await personalData.erase(userId, batch)) === 0) return true;
  }
  return false;
}

/**
 * One run over the erasures under way. An erasure ends when nothing is left although nothing can come any more; until
 * then each run looks again, so a run that dies only leaves more to the next one.
 */
export async function eraseAccounts(services: Services): Promise<void> {
  const { personalData, clock, log } = services;
  const stopAt = clock.now().getTime() + runBudgetMs;
  const hasTime = () => clock.now().getTime() < stopAt;
  let ended = 0;
  const erasures = await personalData.listErasures(perRun);
  for (const { userId, begunAt } of erasures) {
    const isSettled = begunAt.getTime() + settledAfterMs <= clock.now().getTime();
    try {
      if (!(await eraseAll(userId, services, hasTime)) || !isSettled) continue;
      await personalData.endErasure(userId);
      ended += 1;
    } catch (error) {
      // The others must not wait for one that cannot be erased.
      log('ERROR', 'erasure_failed', { reason: String(error) });
    }
  }
  if (erasures.length > 0) log('INFO', 'erasure_run', { ended, left: erasures.length - ended });
}
