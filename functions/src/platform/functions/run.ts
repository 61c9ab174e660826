import type { Log } from '../../core/runtime.ts';
import { withTimeout } from '../../core/timeout.ts';

/** A background function ends by itself this long before its timeout, with an error in the log. */
export const RUN_MARGIN_MS = 10_000;

interface Run {
  /** Of the function. */
  name: string;
  /** After which the platform kills the function. */
  timeoutSeconds: number;
  /** For each of its log lines. */
  fields?: Record<string, unknown>;
}

/**
 * One run of a background function. It ends before its timeout, because the platform kills a function without a line in
 * the log. Alerts match severity ERROR and the message `run_failed` or `run_timed_out`; both reject, so that the
 * platform runs it again.
 */
export async function run({ name, timeoutSeconds, fields }: Run, log: Log, work: () => Promise<unknown>) {
  const about = { function: name, ...fields };
  const deadlineMs = timeoutSeconds * 1000 - RUN_MARGIN_MS;
  log('INFO', 'run_started', about);
  const tooLate = () => {
    log('ERROR', 'run_timed_out', { ...about, deadlineMs });
    throw new Error(`${name} did not end within ${deadlineMs} ms`);
  };
  const failed = (error: unknown) => {
    log('ERROR', 'run_failed', { ...about, reason: String((error as Error | null)?.cause ?? error) });
    throw error;
  };
  await withTimeout(deadlineMs, work().catch(failed), tooLate);
}
