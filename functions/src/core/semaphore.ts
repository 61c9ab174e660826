import { AppError } from './errors.ts';

export interface Semaphore {
  /**
   * Waits for a permit in order of arrival. Returns a function that gives it back. Fails with `unavailable` if too many are
   * waiting or the wait takes too long.
   */
  acquire(): Promise<() => void>;
}

export interface SemaphoreSettings {
  permits: number;
  maxWaiting: number;
  timeoutMs: number;
  retryAfterSeconds: number;
}

/** Bounds how many tasks of this process run at once, for those that need much memory or CPU time. */
export function createSemaphore(settings: SemaphoreSettings): Semaphore {
  const { permits, maxWaiting, timeoutMs, retryAfterSeconds } = settings;
  let free = permits;
  const waiting = new Set<() => void>();

  const release = () => {
    const [next] = waiting;
    if (next) next();
    else free += 1;
  };
  const permit = () => {
    let isHeld = true;
    return () => {
      if (isHeld) release();
      isHeld = false;
    };
  };
  const busy = () =>
    new AppError('unavailable', 'The service is busy. Try again later.', { retryAfterSeconds });

  return {
    async acquire() {
      if (free > 0) {
        free -= 1;
        return permit();
      }
      if (waiting.size >= maxWaiting) throw busy();
      return await new Promise((resolve, reject) => {
        const take = () => {
          clearTimeout(timer);
          waiting.delete(take);
          resolve(permit());
        };
        const timer = setTimeout(() => {
          waiting.delete(take);
          reject(busy());
        }, timeoutMs);
        waiting.add(take);
      });
    },
  };
}
