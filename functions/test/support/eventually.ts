import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until a check holds, and fails when it does not in time. */
export async function eventually(
  what: string,
  check: () => boolean | Promise<boolean>,
  withinMs = 5000,
): Promise<void> {
  const until = Date.now() + withinMs;
  while (!(await check())) {
    assert.ok(Date.now() < until, `${what}: not within ${withinMs} ms`);
    await sleep(50);
  }
}
