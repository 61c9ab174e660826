import type { ProblemCode } from './operations.ts';

/** An error response of the API (RFC 9457). `code` is stable; it is `unknown` for the response of a proxy. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly code: ProblemCode | 'unknown';
  /** Identifies the request in the logs of the service. */
  readonly requestId: string | null;
  /** One entry per invalid field. */
  readonly errors: readonly { path: string; message: string }[];
  /** The time after which to try again, if the response has Retry-After. */
  readonly retryAfterSeconds: number | null;

  constructor({ status, headers }: Response, text: string) {
    const problem = parsed(headers, text);
    super(problem.detail ?? `Status ${status}, from another server than Tweet Capture.`);
    this.status = status;
    this.code = problem.code ?? 'unknown';
    this.requestId = problem.requestId ?? headers.get('X-Request-Id');
    this.errors = problem.errors ?? [];
    this.retryAfterSeconds = secondsOf(headers.get('Retry-After'));
  }
}

/** No response arrived in time, so the request may or may not have taken effect. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';
}

/** The session has ended, or there is none. A new sign-in is required. */
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

/** Retry-After is seconds or a date (RFC 9110 §10.2.3). */
function secondsOf(value: string | null): number | null {
  if (!value) return null;
  if (/^[0-9]+$/.test(value)) return Number(value);
  const date = Date.parse(value);
  return Number.isNaN(date) ? null : Math.max(0, Math.ceil((date - Date.now()) / 1000));
}
