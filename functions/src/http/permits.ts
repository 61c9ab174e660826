import { createSemaphore, type Semaphore } from '../core/semaphore.ts';
import type { AnyEndpoint } from './endpoint.ts';

/** How requests wait for an endpoint that bounds how many run at once. */
const PERMITS = { maxWaiting: 100, timeoutMs: 10_000, retryAfterSeconds: 5 };

/** Per process, because they bound its memory. */
const semaphores = new WeakMap<AnyEndpoint, Semaphore>();

/** Waits for a permit of the endpoint. Returns a function that gives it back. */
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
