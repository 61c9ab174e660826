/** Stable codes of the errors that callers may see, independent of HTTP. */
export type ErrorCode =
  | 'unauthenticated'
  | 'token_expired'
  | 'invalid_credentials'
  | 'invalid_refresh_token'
  | 'account_disabled'
  | 'forbidden'
  | 'email_taken'
  | 'not_found'
  | 'payload_too_large'
  | 'rate_limited'
  | 'unavailable';

/** An error that callers may see: `message` is public text. Any other error is internal. */
export class AppError extends Error {
  readonly code: ErrorCode;
  /** When a retry can succeed, if that is known. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    { cause, retryAfterSeconds }: { cause?: unknown; retryAfterSeconds?: number } = {},
  ) {
    super(message, { cause });
    this.name = 'AppError';
    this.code = code;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/**
 * Pub/Sub did not accept a batch. `outage`: nothing can be published now (network, 5xx, permission, topic). `rejected`:
 * this batch is refused, another may succeed.
 */
export class PublishError extends Error {
  readonly kind: 'outage' | 'rejected';

  constructor(kind: 'outage' | 'rejected', message: string) {
    super(message);
    this.name = 'PublishError';
    this.kind = kind;
  }
}
