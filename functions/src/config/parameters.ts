import { z } from 'zod';
import { email } from '../core/email.ts';
import { normalizeOrigin } from './origins.ts';

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
      const right = normalizeOrigin(entry);
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

/** The deploy-time parameters, each with its default, description and validation rule. */
export const PARAMETERS = {
  PUBSUB_TOPIC: {
    default: 'tweet-likes-raw',
    description: 'Pub/Sub topic (short name) that captured tweets are published to',
    rule: z.string().regex(/^(?!goog)[A-Za-z][A-Za-z0-9._~+%-]{2,254}$/, 'must be a Pub/Sub topic name'),
  },
  FIRESTORE_DATABASE: {
    default: '(default)',
    description: 'Firestore database (native mode)',
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
    description: 'Maximum number of live sessions of a user; a further sign-in ends the oldest',
    rule: wholeNumber(1, 1000),
  },
  REGISTRATION: {
    default: 'open',
    description: 'Whether the API creates accounts: open or closed',
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
    description: 'Requests a minute of one user to one endpoint',
    rule: wholeNumber(1, 1_000_000),
  },
  PUBLIC_RATE_LIMIT_PER_MINUTE: {
    default: '60',
    description: 'Requests a minute of one IP address to one public endpoint',
    rule: wholeNumber(1, 1_000_000),
  },
  DAILY_CAPTURES: {
    default: '100000',
    description: 'Tweets that one user may send a day (UTC), including duplicates',
    rule: wholeNumber(100, 100_000_000),
  },
  DAILY_MEGABYTES: {
    default: '500',
    description: 'Megabytes (1,000,000 bytes) of captures and batches that one user may send a day (UTC)',
    rule: wholeNumber(10, 1_000_000),
  },
  DAILY_EXPORTS: {
    default: '200',
    description: 'Parts of exports (about 8 MB each) that one user may request a day (UTC)',
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
      'Number of entries at the end of X-Forwarded-For that trusted proxies add; the first of them is the caller',
    rule: wholeNumber(1, 10),
  },
  AUDIT_RETENTION_DAYS: {
    default: '90',
    description: 'Retention of audit log entries, in days',
    rule: wholeNumber(1, 3650),
  },
  CAPTURE_WAIT_MS: {
    default: '800',
    description: 'Time that a capture waits for the result of publishing, in milliseconds',
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

/** A parameter or secret has a value that cannot work; the message names it and never shows a secret. */
export class ConfigError extends Error {
  override name = 'ConfigError';
}

export type Environment = Record<string, string | undefined>;
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
