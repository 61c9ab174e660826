import assert from 'node:assert/strict';
import { mock } from 'node:test';
import type { Severity } from '../../../../src/core/runtime.ts';
import { createLog } from '../../../../src/platform/functions/log.ts';

/** The lines that some work writes to the process's output. */
function written(work: () => void): Record<string, unknown>[] {
  const chunks: string[] = [];
  const write = (chunk: unknown) => chunks.push(String(chunk)) > 0;
  const streams = [process.stdout, process.stderr].map((stream) => mock.method(stream, 'write', write));
  try {
    work();
  } finally {
    for (const stream of streams) stream.mock.restore();
  }
  return chunks.map((chunk) => JSON.parse(chunk));
}

describe('the log', () => {
  it('writes one JSON line for each entry, with the event as its message for alerts to match', () => {
    const log = createLog('DEBUG');
    const lines = written(() => {
      log('ERROR', 'dead_letter', { id: 'a_1', attempts: 5 });
      log('INFO', 'retry_run');
    });
    assert.deepEqual(lines, [
      { severity: 'ERROR', message: 'dead_letter', id: 'a_1', attempts: 5 },
      { severity: 'INFO', message: 'retry_run' },
    ]);
  });

  it('lets no field take the place of the severity or the message [ASVS 16.4.1]', () => {
    const lines = written(() => createLog('INFO')('ERROR', 'real', { severity: 'DEBUG', message: 'other' }));
    assert.deepEqual(lines, [{ severity: 'ERROR', message: 'real' }]);
  });

  it('leaves out what is below its level', () => {
    const all: Severity[] = ['DEBUG', 'INFO', 'WARNING', 'ERROR'];
    for (const [index, lowest] of all.entries()) {
      const log = createLog(lowest);
      const lines = written(() => {
        for (const severity of all) log(severity, 'event');
      });
      assert.deepEqual(
        lines.map(({ severity }) => severity),
        all.slice(index),
      );
    }
  });

  it('keeps an entry on its line, whatever is in it', () => {
    const lines = written(() =>
      createLog('INFO')('INFO', 'event', { text: 'a\n{"severity":"ERROR"}\r\u2028' }),
    );
    assert.deepEqual(lines, [
      { severity: 'INFO', message: 'event', text: 'a\n{"severity":"ERROR"}\r\u2028' },
    ]);
  });
});
