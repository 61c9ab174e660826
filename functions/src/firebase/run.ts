import { TUNING } from '../config.ts';
import { within } from '../deadline.ts';
import type { Log } from '../ports.ts';
import { namingSources } from '../sourceStack.ts';

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
  const deadlineMs = timeoutSeconds * 1000 - TUNING.runMarginMs;
  log('INFO', 'run_started', about);
  const tooLate = () => {
    log('ERROR', 'run_timed_out', { ...about, deadlineMs });
    throw new Error(`${name} did not end within ${deadlineMs} ms`);
  };
  const failed = (error: unknown) => {
    log('ERROR', 'run_failed', { ...about, reason: String((error as Error | null)?.cause ?? error) });
    throw namingSources(error);
  };
  await within(deadlineMs, work().catch(failed), tooLate);
}
