import { createSemaphore, type Semaphore } from '../core/semaphore.ts';
import type { AnyEndpoint } from './endpoint.ts';

/** How requests wait for an endpoint that bounds how many run at once. */
const PERMITS = { maxWaiting: 100, timeoutMs: 10_000, retryAfterSeconds: 5 };

/** Of this process: what they bound is its memory. */
const semaphores = new WeakMap<AnyEndpoint, Semaphore>();

/** Waits until one more request of this endpoint may run; the answer says that it is done. */
export async function permitFor(definition: AnyEndpoint): Promise<() => void> {
  const { maxParallel } = definition;
  if (maxParallel === undefined) return () => {};
  let semaphore = semaphores.get(definition);
  if (!semaphore) {
    semaphore = createSemaphore({ permits: maxParallel, ...PERMITS });
    semaphores.set(definition, semaphore);
  }
  return await semaphore.acquire();
}
