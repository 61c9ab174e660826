/** What the domain can refuse, by stable names. Knows no HTTP. */
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

/** A refusal the caller may read: `message` is public text. Every other error is internal and stays so. */
export class AppError extends Error {
  readonly code: ErrorCode;
  /** When trying again can help, where that is known. */
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
 * Pub/Sub did not take a batch. `outage`: nothing can be published now (network, 5xx, permission, topic);
 * `rejected`: this very batch is refused, another may pass. `message` says in words what happened.
 */
export class PublishError extends Error {
  readonly kind: 'outage' | 'rejected';

  constructor(kind: 'outage' | 'rejected', message: string) {
    super(message);
    this.name = 'PublishError';
    this.kind = kind;
  }
}
