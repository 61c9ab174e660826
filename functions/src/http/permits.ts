import { TUNING } from '../config.ts';
import { createSemaphore, type Semaphore } from '../semaphore.ts';
import type { AnyEndpoint } from './endpoint.ts';

/** Of this process: what they bound is its memory. */
const semaphores = new WeakMap<AnyEndpoint, Semaphore>();

/** Waits until one more request of this endpoint may run; the answer says that it is done. */
export async function permitFor(definition: AnyEndpoint): Promise<() => void> {
  const { maxParallel } = definition;
  if (maxParallel === undefined) return () => {};
  let semaphore = semaphores.get(definition);
  if (!semaphore) {
    semaphore = createSemaphore({ permits: maxParallel, ...TUNING.permits });
    semaphores.set(definition, semaphore);
  }
  return await semaphore.acquire();
}
