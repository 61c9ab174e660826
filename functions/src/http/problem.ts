import { STATUS_CODES } from 'node:http';
import { z } from 'zod';
import { AppError, type ErrorCode } from '../core/errors.ts';
import type { Log } from '../core/runtime.ts';

/** Every code an error can carry, the domain's and the protocol's own, with its HTTP status. */
export const PROBLEM_STATUS = {
  invalid_request: 400,
  malformed_json: 400,
  unauthenticated: 401,
  token_expired: 401,
  invalid_credentials: 401,
  invalid_refresh_token: 401,
  account_disabled: 403,
  forbidden: 403,
  not_found: 404,
  method_not_allowed: 405,
  request_timeout: 408,
  email_taken: 409,
  payload_too_large: 413,
  unsupported_media_type: 415,
  rate_limited: 429,
  internal: 500,
  unavailable: 503,
} as const satisfies Record<ErrorCode, number> & Record<string, number>;

/** The Retry-After of a 503. It is longer than most interruptions of a connection. */
const RETRY_AFTER_SECONDS = 5;

export type ProblemCode = keyof typeof PROBLEM_STATUS;

/** One thing wrong with one field of a request; `path` is dotted (`a.b.0`), empty for the whole. */
export const fieldError = z.strictObject({ path: z.string(), message: z.string() });
export type FieldError = z.output<typeof fieldError>;

/** The body of every error (RFC 9457). */
export const problemSchema = z
  .strictObject({
    type: z.literal('about:blank'),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.enum(Object.keys(PROBLEM_STATUS) as [ProblemCode, ...ProblemCode[]]),
    requestId: z.string(),
    errors: z.array(fieldError).optional(),
  })
  .meta({ id: 'Problem', description: 'Any error (RFC 9457); errors has one entry for each bad field' });

/** An error response. `detail` is public text. */
export class Problem extends Error {
  readonly code: ProblemCode;
  readonly fields: FieldError[];
  readonly headers: Record<string, string>;

  constructor(
    code: ProblemCode,
    detail: string,
    extra: { fields?: FieldError[]; headers?: Record<string, string> } = {},
  ) {
    super(detail);
    this.name = 'Problem';
    this.code = code;
    this.fields = extra.fields ?? [];
    const headers = code === 'unavailable' && { 'Retry-After': String(RETRY_AFTER_SECONDS) };
    this.headers = { ...headers, ...extra.headers };
  }
}

export const invalidRequest = (fields: FieldError[]) =>
  new Problem('invalid_request', 'The request is not valid. See errors for each field.', { fields });

export function problemBody(problem: Problem, requestId: string): z.output<typeof problemSchema> {
  const status = PROBLEM_STATUS[problem.code];
  return {
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail: problem.message,
    code: problem.code,
    requestId,
    ...(problem.fields.length > 0 && { errors: problem.fields }),
  };
}

/** Returns the public problem of an error. Internal details only go to the log. */
export function asProblem(error: unknown, log: Log): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof AppError) {
    if (error.code === 'unavailable') log('ERROR', 'unavailable', { reason: describe(error.cause ?? error) });
    const { retryAfterSeconds } = error;
    const headers = retryAfterSeconds === undefined ? {} : { 'Retry-After': String(retryAfterSeconds) };
    return new Problem(error.code, error.message, { headers });
  }
  log('ERROR', 'internal_error', { reason: describe(error) });
  return new Problem('internal', 'Something went wrong on the server.');
}

/** Returns the WWW-Authenticate header of a 401 (RFC 6750 §3). It has an error attribute only if a token was sent. */
export function challenge(code: ProblemCode, authorization: string | undefined): string {
  const tokenRefused = authorization && (code === 'token_expired' || code === 'unauthenticated');
  return tokenRefused ? 'Bearer error="invalid_token"' : 'Bearer';
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
