// How deliveries are timed and retried. The assertions at the end hold the values together.

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** How long one publish request may take. */
export const PUBLISH_TIMEOUT_MS = 10 * SECOND;
/** After this the platform ends a run of the trigger. */
export const TRIGGER_TIMEOUT_SECONDS = 60;
/** An event younger than this is published from its payload. The platform's first redelivery comes after 10 s. */
export const FRESH_EVENT_MS = 10 * SECOND;
/** How long the circuit breaker of the trigger stays open after a Pub/Sub outage. */
export const BREAKER_OPEN_MS = 5 * SECOND;
/** After this a pending tweet is an orphan: its trigger will not report any more. */
export const ORPHAN_AFTER_MS = 5 * MINUTE;

export const MAX_ATTEMPTS = 5;
/** The pause before the next attempt, which is also the lease of a claim. */
export const BACKOFF = { firstMs: 15 * MINUTE, factor: 4, maxMs: 8 * HOUR, jitter: 0.2 } as const;
/** No run still works on a claim that is older: the timeout of a run, and a minute for clocks that differ. */
export const CLAIM_DEAD_AFTER_MS = 6 * MINUTE;

/** The scheduled function that retries the queue. */
export const RETRY_SCHEDULE = { schedule: 'every 5 minutes', timeoutSeconds: 300 } as const;

export interface RetrySettings {
  /** A run starts no new batch after this. */
  budgetMs: number;
  /** A run recovers orphans for this long, so that the queue gets most of its time. */
  recoverBudgetMs: number;
  /** How many items a run claims at a time. */
  maxClaimItems: number;
  /** How many bytes of messages a run claims at a time. They are in memory together. */
  maxClaimBytes: number;
  /** How many orphans a run recovers at a time. They are read whole, up to 1 MiB each. */
  maxRecoverItems: number;
  /** Pub/Sub refuses a publish request of more than 10 MB. */
  maxPublishBytes: number;
}

export const RETRY_SETTINGS: RetrySettings = {
  budgetMs: 4 * MINUTE,
  recoverBudgetMs: MINUTE,
  maxClaimItems: 150,
  maxClaimBytes: 6 * 1024 * 1024,
  maxRecoverItems: 30,
  maxPublishBytes: 9_500_000,
};

function assertPolicy(isMet: boolean, rule: string): void {
  if (!isMet) throw new Error(`The delivery policy is inconsistent: ${rule}`);
}

const runMs = RETRY_SCHEDULE.timeoutSeconds * SECOND;
assertPolicy(
  RETRY_SETTINGS.budgetMs + 2 * PUBLISH_TIMEOUT_MS < runMs,
  'the last batch ends before the timeout',
);
assertPolicy(runMs < CLAIM_DEAD_AFTER_MS, 'a claim is not dead before the run that made it has ended');
assertPolicy(
  CLAIM_DEAD_AFTER_MS < BACKOFF.firstMs,
  'no item is claimed again while its run may still hold it',
);
assertPolicy(
  PUBLISH_TIMEOUT_MS < TRIGGER_TIMEOUT_SECONDS * SECOND,
  'the trigger has time left to queue a tweet',
);
assertPolicy(TRIGGER_TIMEOUT_SECONDS * SECOND < ORPHAN_AFTER_MS, 'the trigger of an orphan has ended');
