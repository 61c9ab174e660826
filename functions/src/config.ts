import { z } from 'zod';
import { email } from './accounts/account.ts';
import { asBrowsersSend } from './http/origins.ts';

const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .regex(/^[0-9]{1,9}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(min, `must be at least ${min}`).max(max, `must be at most ${max}`));

const origins = z
  .string()
  .transform((list) => list.split(',').map((origin) => origin.trim()))
  .superRefine((entries, context) => {
    // An entry that no browser sends would allow nothing, and say nothing.
    for (const entry of entries) {
      const right = asBrowsersSend(entry);
      if (right === entry) continue;
      const message = right
        ? `must be origins as browsers send them: write ${right} for ${entry}`
        : 'must be a comma-separated list of scheme://host[:port], with at most one * in each, in the host';
      context.addIssue({ code: 'custom', message });
    }
  });

const emails = z
  .string()
  .transform((list) => list.split(',').filter((address) => address.trim() !== ''))
  .pipe(z.array(email.refine((address) => !address.startsWith('*@'), 'must be whole e-mail addresses')));

/** Every deploy-time parameter: its default, what it is for, and the rule its value must meet. */
export const PARAMETERS = {
  PUBSUB_TOPIC: {
    default: 'tweet-likes-raw',
    description: 'Pub/Sub topic (short name) that captured tweets are published to',
    rule: z.string().regex(/^(?!goog)[A-Za-z][A-Za-z0-9._~+%-]{2,254}$/, 'must be a Pub/Sub topic name'),
  },
  FIRESTORE_DATABASE: {
    default: '(default)',
    description: 'Firestore database (native mode) that holds everything',
    rule: z.string().regex(/^(\(default\)|[a-z][a-z0-9-]{2,61}[a-z0-9])$/, 'must be a Firestore database id'),
  },
  ACCESS_TOKEN_EXPIRE_MINUTES: {
    default: '60',
    description: 'Lifetime of an access token, in minutes',
    rule: wholeNumber(1, 24 * 60),
  },
  REFRESH_TOKEN_EXPIRE_DAYS: {
    default: '30',
    description: 'Lifetime of a session from login, in days',
    rule: wholeNumber(1, 365),
  },
  MAX_SESSIONS: {
    default: '100',
    description: 'Live sessions that one user may have; a sign-in beyond that ends the oldest',
    rule: wholeNumber(1, 1000),
  },
  REGISTRATION: {
    default: 'open',
    description: 'Whether accounts can be created by the API: open or closed',
    rule: z.enum(['open', 'closed'], 'must be open or closed'),
  },
  ALLOWED_EMAILS: {
    default: '',
    description:
      'E-mail addresses that may register while registration is open, comma-separated; empty for anyone',
    rule: emails,
  },
  RATE_LIMIT_PER_MINUTE: {
    default: '100',
    description: 'Requests a minute that one user may make of one function',
    rule: wholeNumber(1, 1_000_000),
  },
  PUBLIC_RATE_LIMIT_PER_MINUTE: {
    default: '60',
    description: 'Requests a minute that one IP address may make of one public function',
    rule: wholeNumber(1, 1_000_000),
  },
  DAILY_CAPTURES: {
    default: '100000',
    description: 'Tweets that one user may send a day (UTC), stored before or not',
    rule: wholeNumber(100, 100_000_000),
  },
  DAILY_MEGABYTES: {
    default: '500',
    description: 'Megabytes (1,000,000 bytes) of captures and batches that one user may send a day (UTC)',
    rule: wholeNumber(10, 1_000_000),
  },
  DAILY_EXPORTS: {
    default: '200',
    description: 'Parts of exports, of about 8 MB each, that one user may ask for a day (UTC)',
    rule: wholeNumber(1, 1_000_000),
  },
  DAILY_READS: {
    default: '500000',
    description: 'Documents that lists and exports may read for one user a day (UTC)',
    rule: wholeNumber(100, 100_000_000),
  },
  TRUSTED_HOPS: {
    default: '1',
    description:
      'How many entries at the end of X-Forwarded-For are written by hops that you trust; the first of them is the caller',
    rule: wholeNumber(1, 10),
  },
  AUDIT_RETENTION_DAYS: {
    default: '90',
    description: 'How long an entry of the audit log is kept, in days',
    rule: wholeNumber(1, 3650),
  },
  CAPTURE_WAIT_MS: {
    default: '800',
    description: 'How long a capture waits for the outcome of publishing, in milliseconds',
    rule: wholeNumber(0, 10_000),
  },
  ALLOWED_ORIGINS: {
    default: 'chrome-extension://*,http://localhost:3000',
    description: 'Browser origins that may call the API, comma-separated; * stands for one host',
    rule: origins,
  },
  LOG_LEVEL: {
    default: 'INFO',
    description: 'Lowest severity that is logged: DEBUG, INFO, WARNING or ERROR',
    rule: z.enum(['DEBUG', 'INFO', 'WARNING', 'ERROR'], 'must be DEBUG, INFO, WARNING or ERROR'),
  },
  REGION: {
    default: 'us-central1',
    description: 'Region that the functions are deployed to',
    rule: z.string().regex(/^[a-z]+-[a-z]+[0-9]+$/, 'must be a region such as us-central1'),
  },
} as const;

export const SIGNING_SECRETS = ['JWT_SECRET_KEY', 'JWT_SECRET_KEY_PREVIOUS'] as const;
export const ALERT_SECRET = 'ALERT_WEBHOOK_URL';
export const SECRETS = [...SIGNING_SECRETS, ALERT_SECRET] as const;

/** A parameter or secret has a value that cannot work; the message names it and never shows a secret. */
export class ConfigError extends Error {
  override name = 'ConfigError';
}

type Environment = Record<string, string | undefined>;
export type Config = { [Name in keyof typeof PARAMETERS]: z.output<(typeof PARAMETERS)[Name]['rule']> };

/** The validated parameters. Throws a ConfigError that names every bad one. */
export function readConfig(env: Environment = process.env): Config {
  const problems: string[] = [];
  const config: Record<string, unknown> = {};
  for (const [name, parameter] of Object.entries(PARAMETERS)) {
    const value = env[name] ?? parameter.default;
    const result = parameter.rule.safeParse(value);
    if (result.success) config[name] = result.data;
    else problems.push(`${name} ${result.error.issues[0]?.message} (it is ${JSON.stringify(value)})`);
  }
  if (problems.length > 0) throw new ConfigError(`Bad configuration: ${problems.join('; ')}`);
  return config as Config;
}

/** The signing secrets, the current one first. Throws a ConfigError that names a missing or short one. */
export function readSecrets(env: Environment = process.env): [string, ...string[]] {
  const long = (name: string, value: string) => {
    if (Buffer.byteLength(value) >= 32) return value;
    throw new ConfigError(`Bad configuration: ${name} must be at least 32 bytes`);
  };
  // A secret that came through a pipe ends in a newline.
  const current = long('JWT_SECRET_KEY', (env.JWT_SECRET_KEY ?? '').trim());
  const previous = (env.JWT_SECRET_KEY_PREVIOUS ?? '').trim();
  // Secret Manager stores no empty value, so "none" stands for "no previous key".
  if (previous === '' || previous === 'none') return [current];
  return [current, long('JWT_SECRET_KEY_PREVIOUS', previous)];
}

/**
 * Where alerts go, or null for nowhere. Throws a ConfigError where that is no https URL; http is for this machine only.
 */
export function readAlertUrl(env: Environment = process.env): URL | null {
  const value = (env[ALERT_SECRET] ?? '').trim();
  // Secret Manager stores no empty value.
  if (value === '' || value === 'none') return null;
  const url = URL.parse(value);
  const isHere = url?.hostname === 'localhost' || url?.hostname === '127.0.0.1';
  const isPlain = url?.username === '' && url.password === '';
  if (isPlain && (url.protocol === 'https:' || (url.protocol === 'http:' && isHere))) return url;
  throw new ConfigError(
    `Bad configuration: ${ALERT_SECRET} must be an https URL without credentials, or none`,
  );
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Every number that someone may want to turn, with its unit in the name. */
export const TUNING = {
  /** How much of a request's body is read, and how long it may take to arrive; below the request's own deadline. */
  body: { limitBytes: 64 * 1024, deadlineMs: 10 * SECOND },
  queryLimitCharacters: 8 * 1024,
  /** A batch counts as one request for so many of its tweets. Its body holds as many of the largest captures. */
  batch: {
    mostTweets: 100,
    tweetsPerRequest: 10,
    body: { limitBytes: 100 * 64 * 1024, deadlineMs: 20 * SECOND },
  },
  /** The longest pause of a streamed answer: until Firestore sends a document, the next piece is there, the reader takes one. */
  stream: { documentWithinMs: 15 * SECOND, pieceWithinMs: 20 * SECOND, readerWithinMs: 30 * SECOND },
  /** How requests wait for an endpoint that bounds how many run at once. */
  permits: { mostWaiting: 100, withinMs: 10 * SECOND, retryAfterSeconds: 5 },
  /** A part of an export ends after this; a streamed answer may have 10 MB, and one row up to 0.3 MB. */
  exportPartBytes: 8_000_000,
  /** A request that has no answer by then is told 503; shorter than the functions' own timeout. */
  requestDeadlineMs: 25 * SECOND,
  requestTimeoutSeconds: 30,
  bcryptCost: 12,
  /** One at a time: two on one CPU only take twice as long each. Thirty-two take about 10 s. */
  bcryptPermits: { permits: 1, mostWaiting: 32, withinMs: 15 * SECOND, retryAfterSeconds: 5 },
  /** Of one function; more can live for a moment, while a new version takes over. It bounds the bill of a flood. */
  maxInstances: 3,
  /** How long a request waits to be counted; how long a store that failed is not asked again. */
  rateLimit: { timeoutMs: 4 * SECOND, strictTimeoutMs: 15 * SECOND, cooldownMs: 5 * SECOND },
  /** Counted by each instance alone, a minute; a source is a network or a user. */
  refusals: { linesPerSource: 20, lines: 200, mostSources: 10_000 },
  budget: {
    /** An instance reports what it has counted once it is this share of a budget. */
    stepShare: 0.01,
    reportWithinMs: 2 * SECOND,
    /** Of an export that did not say that it ended. */
    exportLockMs: 2 * MINUTE,
    /** Who waits for another export asks again after this at most. */
    longestRetrySeconds: 30,
    /** Beyond this many users an instance forgets what it has counted, rather than grow without end. */
    mostUsers: 10_000,
  },
  guessing: {
    perSource: 10,
    windowMs: 15 * MINUTE,
    perDay: 100,
    dayMs: 24 * HOUR,
    /** The pause after a spent budget is one window long; each further one of the day is twice the last. */
    longestPauseMs: 24 * HOUR,
    knownMs: 90 * 24 * HOUR,
    mostKnown: 50,
    /** They are in one document, which Firestore limits to 1 MiB; 200 take 40 KiB. */
    mostSources: 200,
  },
  auditWithinMs: 2 * SECOND,
  /** How long `npm run admin` waits for each answer of the database. */
  operatorPatienceMs: 10 * SECOND,
  /** An operator's request works in batches, and starts none after its budget. */
  operator: { batch: 100, budgetMs: 10 * SECOND },
  /** A webhook that never answers takes 17 s, which a run has left after its slowest batch. */
  alert: { deadlineMs: 5 * SECOND, pausesMs: [SECOND, SECOND], mostIds: 10 },
  erasure: {
    batch: 300,
    /** How long the request itself erases, before it leaves the rest to the schedule. */
    requestBudgetMs: 10 * SECOND,
    /** A token may still be believed somewhere for `session.keptMs`, and a request under way store something. */
    settledAfterMs: 15 * MINUTE,
    runBudgetMs: 4 * MINUTE,
    perRun: 100,
  },
  erasureRun: { schedule: 'every 5 minutes', timeoutSeconds: 300 },
  /** How long an instance believes that a session is alive; with it an access token dies within a minute. */
  session: { keptMs: 50 * SECOND, answerWithinMs: 5 * SECOND },
  /** How long the store of the brakes is left alone when it failed; when clients of something paused ask again. */
  brakes: { storeRestMs: 5 * SECOND, retryAfterSeconds: 60 },
  longestWaitSeconds: 10,
  /** An open call on a silent connection sends a ping after this long, and gives the connection up without an answer. */
  keepalive: { afterMs: 10 * SECOND, timeoutMs: 5 * SECOND },
  /** How long before its timeout a background function ends by itself, with an error line. */
  runMarginMs: 10 * SECOND,
  publishDeadlineMs: 10 * SECOND,
  publishTimeoutSeconds: 60,
  /** Younger than the platform's first repeat of an event, which comes after 10 s. */
  eventFreshMs: 10 * SECOND,
  /** How long the trigger takes an outage of Pub/Sub for granted before it tries again. */
  outageMemoryMs: 5 * SECOND,
  healthDeadlineMs: 2 * SECOND,
  healthKeptMs: 5 * SECOND,
  /** How many items a run claims at a time, and how many bytes of messages, which is what it has in memory. */
  retryBatch: 150,
  retryBytes: 6 * 1024 * 1024,
  /** Their tweets are read whole, so 1 MiB each, Firestore's limit of a document, must fit into memory. */
  adoptBatch: 30,
  /** Pub/Sub refuses a publish request of more than 10 MB. */
  publishBytes: 9_500_000,
  retryRun: { schedule: 'every 5 minutes', timeoutSeconds: 300 },
  /** A run adopts for this long, so that what is in the queue gets most of its time. */
  adoptBudgetMs: MINUTE,
  /** A run starts no new batch after this; the slowest batch still ends before the function's timeout. */
  retryBudgetMs: 4 * MINUTE,
  /** A tweet whose trigger has not reported by then is adopted by the retry run. */
  adoptAfterMs: 5 * MINUTE,
  maxAttempts: 5,
  /** Nobody is at work on a claim that is older: a run's timeout, and a minute for clocks that differ. */
  claimDeadAfterMs: 6 * MINUTE,
  /** The first pause is longer than any run can live, so that no two live runs hold one item. */
  backoff: { firstMs: 15 * MINUTE, factor: 4, capMs: 8 * HOUR, jitter: 0.2 },
} as const;
