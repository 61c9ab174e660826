import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { AppError } from '../../../../src/core/errors.ts';
import type { Severity } from '../../../../src/core/runtime.ts';
import { ALERT_SETTINGS } from '../../../../src/delivery/alert.ts';
import { PUBLISH_TIMEOUT_MS, RETRY_SCHEDULE, RETRY_SETTINGS } from '../../../../src/delivery/policy.ts';
import { RUN_MARGIN_MS, run } from '../../../../src/platform/functions/run.ts';

const ABOUT = { name: 'retryQueue', timeoutSeconds: 300, fields: { id: 'x' } };

describe('a run of a background function', () => {
  let lines: [Severity, string, Record<string, unknown>][];
  beforeEach(() => {
    lines = [];
    mock.timers.enable({ apis: ['setTimeout'] });
  });
  afterEach(() => mock.timers.reset());
  const log = (severity: Severity, event: string, fields = {}) => void lines.push([severity, event, fields]);
  const about = { function: 'retryQueue', id: 'x' };

  it('logs its start, and nothing more when it succeeds', async () => {
    await run(ABOUT, log, async () => {});
    assert.deepEqual(lines, [['INFO', 'run_started', about]]);
  });

  it('that hangs ends before its timeout with an error line, and fails', async () => {
    const ended = run(ABOUT, log, () => new Promise(() => {}));
    mock.timers.tick(290_000 - 1);
    assert.equal(lines.length, 1);
    mock.timers.tick(1);
    await assert.rejects(ended, /retryQueue did not end within 290000 ms/);
    assert.deepEqual(lines[1], ['ERROR', 'run_timed_out', { ...about, deadlineMs: 290_000 }]);
  });

  it('that fails ends with an error line that has the reason, and fails', async () => {
    const failure = new AppError('unavailable', 'Try again.', { cause: new Error('14 UNAVAILABLE') });
    await assert.rejects(
      run(ABOUT, log, () => Promise.reject(failure)),
      (error) => error === failure,
    );
    assert.deepEqual(lines[1], ['ERROR', 'run_failed', { ...about, reason: 'Error: 14 UNAVAILABLE' }]);
  });

  it('ends after its last batch and its alert could', () => {
    const { timeoutSeconds } = RETRY_SCHEDULE;
    const leftMs = timeoutSeconds * 1000 - RUN_MARGIN_MS - RETRY_SETTINGS.budgetMs;
    const alertMs = 3 * ALERT_SETTINGS.timeoutMs + 2000;
    assert.ok(leftMs > PUBLISH_TIMEOUT_MS + alertMs);
  });
});
