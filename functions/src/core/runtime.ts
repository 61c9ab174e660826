export interface Clock {
  now(): Date;
  /** Resolves after the given time, or earlier if `signal` aborts. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

/** Returns a new UUID (RFC 9562, version 4). */
export type Ids = () => string;

export type Severity = 'DEBUG' | 'INFO' | 'WARNING' | 'ERROR';

/** Writes one structured log line. `event` is a stable name that alerts can match. */
export type Log = (severity: Severity, event: string, fields?: Record<string, unknown>) => void;
