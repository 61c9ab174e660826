import { write } from 'firebase-functions/logger';
import type { Log, Severity } from '../../core/runtime.ts';

const ORDER: Severity[] = ['DEBUG', 'INFO', 'WARNING', 'ERROR'];

/** One JSON line per entry. `write` and not `error`: that one would put a stack in the message's place. */
export function createLog(lowest: Severity): Log {
  return (severity, message, fields = {}) => {
    if (ORDER.indexOf(severity) >= ORDER.indexOf(lowest)) write({ ...fields, severity, message });
  };
}
