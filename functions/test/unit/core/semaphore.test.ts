import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { createSemaphore } from '../../../src/core/semaphore.ts';

const settings = { permits: 2, maxWaiting: 2, timeoutMs: 1000, retryAfterSeconds: 5 };

describe('a semaphore', () => {
  it('lets as many run as it has permits, the others in order', async () => {
    const semaphore = createSemaphore({ ...settings, maxWaiting: 10 });
    const order: number[] = [];
    let running = 0;
    const task = async (name: number) => {
      const release = await semaphore.acquire();
      running += 1;
      assert.ok(running <= 2);
      order.push(name);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      release();
    };
    await Promise.all([0, 1, 2, 3, 4, 5].map(task));
    assert.deepEqual(order, [0, 1, 2, 3, 4, 5]);
  });

  it('refuses at once when too many wait, and says when to try again', async () => {
    const semaphore = createSemaphore(settings);
    const [first] = await Promise.all([semaphore.acquire(), semaphore.acquire()]);
    const waiting = [semaphore.acquire(), semaphore.acquire()];
    await assert.rejects(semaphore.acquire(), { code: 'unavailable', retryAfterSeconds: 5 });
    first();
    const next = await waiting[0];
    next?.();
    await waiting[1];
  });

  it('takes a permit back once, however often it is given back', async () => {
    const semaphore = createSemaphore({ ...settings, permits: 1, maxWaiting: 0 });
    const release = await semaphore.acquire();
    release();
    release();
    await semaphore.acquire();
    await assert.rejects(semaphore.acquire(), { code: 'unavailable' });
  });

  describe('that is held for long', () => {
    beforeEach(() => mock.timers.enable({ apis: ['setTimeout'] }));
    afterEach(() => mock.timers.reset());

    it('refuses who has waited too long, and hands the permit to the next', async () => {
      const semaphore = createSemaphore({ ...settings, permits: 1 });
      const release = await semaphore.acquire();
      const late = semaphore.acquire();
      const refused = assert.rejects(late, { code: 'unavailable', retryAfterSeconds: 5 });
      mock.timers.tick(600);
      const next = semaphore.acquire();
      mock.timers.tick(400);
      await refused;
      release();
      const releaseNext = await next;
      releaseNext();
      await semaphore.acquire();
    });
  });
});
