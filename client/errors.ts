import type { ProblemCode } from './operations.ts';

/** The API answered with an error (RFC 9457). `code` is stable; `unknown` where a proxy answered in its place. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly code: ProblemCode | 'unknown';
  /** What to quote when asking about it; the service's log lines carry it, too. */
  readonly requestId: string | null;
  /** One entry per field that is wrong. */
  readonly errors: readonly { path: string; message: string }[];
  /** When to try again, if the service said so. */
  readonly retryAfterSeconds: number | null;

  constructor({ status, headers }: Response, text: string) {
    const problem = parsed(headers, text);
    super(problem.detail ?? `An answer with status ${status} that is not the service's.`);
    this.status = status;
    this.code = problem.code ?? 'unknown';
    this.requestId = problem.requestId ?? headers.get('X-Request-Id');
    this.errors = problem.errors ?? [];
    this.retryAfterSeconds = secondsOf(headers.get('Retry-After'));
  }
}

/** No answer came: no connection, or none in time. Whether the request was carried out is not known. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';
}

/** Nobody is signed in, or the session has ended: only a new sign-in helps. */
export class SignedOut extends Error {
  override readonly name = 'SignedOut';
}

interface Problem {
  code?: ProblemCode;
  detail?: string;
  requestId?: string;
  errors?: { path: string; message: string }[];
}

function parsed(headers: Headers, text: string): Problem {
  if (!headers.get('Content-Type')?.startsWith('application/problem+json')) return {};
  try {
    return (JSON.parse(text) ?? {}) as Problem;
  } catch {
    return {};
  }
}

/** Retry-After is seconds or a date (RFC 9110). */
function secondsOf(value: string | null): number | null {
  if (!value) return null;
  if (/^[0-9]+$/.test(value)) return Number(value);
  const date = Date.parse(value);
  return Number.isNaN(date) ? null : Math.max(0, Math.ceil((date - Date.now()) / 1000));
}
