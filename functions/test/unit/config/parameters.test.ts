import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { SESSION_CACHE } from '../../../src/accounts/sessionCache.ts';
import { PARAMETERS, readConfig } from '../../../src/config/parameters.ts';
import { readAlertUrl, readSecrets } from '../../../src/config/secrets.ts';
import { RETRY_SETTINGS, TRIGGER_TIMEOUT_SECONDS } from '../../../src/delivery/policy.ts';
import { REQUEST_DEADLINE_MS } from '../../../src/http/pipeline.ts';
import { ERASURE } from '../../../src/privacy/eraseAccounts.ts';

const LONG = 'k'.repeat(32);
const OTHER = 'o'.repeat(32);

/** Values that each parameter refuses. */
const BAD: Record<keyof typeof PARAMETERS, string[]> = {
  PUBSUB_TOPIC: ['', 'ab', '1topic', 'googtopic', 'a/b/c', 'projects/p/topics/t', 'a'.repeat(256), 'topic\n'],
  FIRESTORE_DATABASE: ['', 'Database', '(other)', 'a', 'projects/p/databases/d', '-abcd', 'abcd-'],
  ACCESS_TOKEN_EXPIRE_MINUTES: ['', '0', '-1', '1.5', '1441', 'sixty', '60m', '٦٠', '60\n', '1e2'],
  REFRESH_TOKEN_EXPIRE_DAYS: ['', '0', '366', '30d', 'NaN'],
  MAX_SESSIONS: ['', '0', '1001', '-1', 'many'],
  REGISTRATION: ['', 'Open', 'true', 'invite'],
  ALLOWED_EMAILS: ['me', 'me@example.com;you@example.com', 'me@example.com, @example.com', '*@example.com'],
  RATE_LIMIT_PER_MINUTE: ['', '0', '1000001', 'Infinity', '9999999999'],
  PUBLIC_RATE_LIMIT_PER_MINUTE: ['', '0', '1000001', '-60'],
  DAILY_CAPTURES: ['', '0', '99', '100000001', '1e5'],
  DAILY_MEGABYTES: ['', '9', '1000001', '0.5'],
  DAILY_EXPORTS: ['', '0', '1000001'],
  DAILY_READS: ['', '99', '100000001', '-1'],
  TRUSTED_HOPS: ['', '0', '11', '-1'],
  AUDIT_RETENTION_DAYS: ['', '0', '3651'],
  CAPTURE_WAIT_MS: ['', '-1', '10001', '0.5'],
  ALLOWED_ORIGINS: [
    '',
    '*',
    'localhost:3000',
    'http://a/',
    'http://a/path',
    'https://*.*',
    'http://a,',
    'http://a b',
    'http://localhost:*',
    'https://X.com',
    'https://x.com:443',
  ],
  LOG_LEVEL: ['', 'info', 'TRACE', 'WARN'],
  REGION: ['', 'us', 'us-central', 'US-CENTRAL1', 'us-central1-a'],
};

const messageOf = (env: Record<string, string>) => {
  try {
    readConfig(env);
  } catch (error) {
    return (error as Error).message;
  }
  return '';
};

describe('an erasure', () => {
  it('is looked at again for longer than a session is believed and any request or trigger under way can store something', () => {
    const stillStoredMs = SESSION_CACHE.ttlMs + REQUEST_DEADLINE_MS + TRIGGER_TIMEOUT_SECONDS * 1000;
    assert.ok(ERASURE.settledAfterMs > 2 * stillStoredMs);
  });
});

describe('a claim of the retry run', () => {
  it('fits into one publish request, and that into what Pub/Sub takes', () => {
    const { maxClaimBytes, maxPublishBytes } = RETRY_SETTINGS;
    assert.ok((maxClaimBytes * 4) / 3 < maxPublishBytes);
    assert.ok(maxPublishBytes < 10_000_000);
  });

  it('fits into the memory of an instance some ten times, and so do the tweets that a run adopts at a time', () => {
    const memory = 256 * 1024 * 1024;
    assert.ok(RETRY_SETTINGS.maxClaimBytes * 10 < memory);
    assert.ok(RETRY_SETTINGS.maxRecoverItems * 1024 * 1024 * 4 < memory);
  });
});

describe('the configuration', () => {
  it('has a default for everything', () => {
    assert.deepEqual(readConfig({}), {
      PUBSUB_TOPIC: 'tweet-likes-raw',
      FIRESTORE_DATABASE: '(default)',
      ACCESS_TOKEN_EXPIRE_MINUTES: 60,
      REFRESH_TOKEN_EXPIRE_DAYS: 30,
      MAX_SESSIONS: 100,
      REGISTRATION: 'open',
      ALLOWED_EMAILS: [],
      RATE_LIMIT_PER_MINUTE: 100,
      PUBLIC_RATE_LIMIT_PER_MINUTE: 60,
      DAILY_CAPTURES: 100_000,
      DAILY_MEGABYTES: 500,
      DAILY_EXPORTS: 200,
      DAILY_READS: 500_000,
      TRUSTED_HOPS: 1,
      AUDIT_RETENTION_DAYS: 90,
      CAPTURE_WAIT_MS: 800,
      ALLOWED_ORIGINS: ['chrome-extension://*', 'http://localhost:3000'],
      LOG_LEVEL: 'INFO',
      REGION: 'us-central1',
    });
  });

  it('takes each value from the environment', () => {
    const env = {
      PUBSUB_TOPIC: 'likes',
      FIRESTORE_DATABASE: 'tweets-eu',
      ACCESS_TOKEN_EXPIRE_MINUTES: '1440',
      REFRESH_TOKEN_EXPIRE_DAYS: '1',
      MAX_SESSIONS: '3',
      REGISTRATION: 'closed',
      ALLOWED_EMAILS: ' Me@Example.com,you@example.com, ',
      RATE_LIMIT_PER_MINUTE: '5',
      PUBLIC_RATE_LIMIT_PER_MINUTE: '6',
      DAILY_CAPTURES: '100',
      DAILY_MEGABYTES: '10',
      DAILY_EXPORTS: '1',
      DAILY_READS: '101',
      TRUSTED_HOPS: '2',
      AUDIT_RETENTION_DAYS: '7',
      CAPTURE_WAIT_MS: '0',
      ALLOWED_ORIGINS: 'https://*.example.com , chrome-extension://abc',
      LOG_LEVEL: 'DEBUG',
      REGION: 'europe-west1',
    };
    assert.deepEqual(Object.keys(env), Object.keys(PARAMETERS));
    assert.deepEqual(readConfig(env), {
      ...env,
      ACCESS_TOKEN_EXPIRE_MINUTES: 1440,
      REFRESH_TOKEN_EXPIRE_DAYS: 1,
      MAX_SESSIONS: 3,
      ALLOWED_EMAILS: ['me@example.com', 'you@example.com'],
      RATE_LIMIT_PER_MINUTE: 5,
      PUBLIC_RATE_LIMIT_PER_MINUTE: 6,
      DAILY_CAPTURES: 100,
      DAILY_MEGABYTES: 10,
      DAILY_EXPORTS: 1,
      DAILY_READS: 101,
      TRUSTED_HOPS: 2,
      AUDIT_RETENTION_DAYS: 7,
      CAPTURE_WAIT_MS: 0,
      ALLOWED_ORIGINS: ['https://*.example.com', 'chrome-extension://abc'],
    });
  });

  for (const [name, values] of Object.entries(BAD)) {
    for (const value of values) {
      it(`refuses ${JSON.stringify(value.slice(0, 40))} for ${name}, and says so by its name`, () => {
        const message = messageOf({ [name]: value });
        assert.ok(message.startsWith(`Bad configuration: ${name} must be `), message);
        assert.ok(message.includes(JSON.stringify(value)));
      });
    }
  }

  it('names every bad parameter at once', () => {
    const message = messageOf(Object.fromEntries(Object.keys(PARAMETERS).map((name) => [name, '?'])));
    for (const name of Object.keys(PARAMETERS)) assert.ok(message.includes(`${name} must be `), name);
  });

  it('says of each parameter what it is for', () => {
    for (const { description } of Object.values(PARAMETERS)) assert.ok(description.length > 10);
  });

  it('has its defaults once more in functions/.env, where deployments and emulators look for them', () => {
    const lines = readFileSync(new URL('../../../.env', import.meta.url), 'utf8').split('\n');
    const settings = lines.filter((line) => line && !line.startsWith('#'));
    const expected = Object.entries(PARAMETERS).map(([name, parameter]) => `${name}=${parameter.default}`);
    assert.deepEqual(settings, expected);
  });
});

describe('the signing secrets', () => {
  it('are the current one and, during a rotation, the previous one', () => {
    assert.deepEqual(readSecrets({ JWT_SECRET_KEY: LONG }), [LONG]);
    assert.deepEqual(readSecrets({ JWT_SECRET_KEY: LONG, JWT_SECRET_KEY_PREVIOUS: OTHER }), [LONG, OTHER]);
  });

  it('may say that there is no previous one', () => {
    for (const none of ['', 'none', 'none\n']) {
      assert.deepEqual(readSecrets({ JWT_SECRET_KEY: LONG, JWT_SECRET_KEY_PREVIOUS: none }), [LONG]);
    }
  });

  it('are the same with the newline that a pipe leaves behind', () => {
    const env = { JWT_SECRET_KEY: `${LONG}\n`, JWT_SECRET_KEY_PREVIOUS: `${OTHER}\n` };
    assert.deepEqual(readSecrets(env), [LONG, OTHER]);
  });

  it('have 32 bytes or more each; a message about them names them and shows nothing of them [ASVS 11.2.3]', () => {
    assert.deepEqual(readSecrets({ JWT_SECRET_KEY: 'é'.repeat(16) }), ['é'.repeat(16)]);
    const bad: [string, Record<string, string>][] = [
      ['JWT_SECRET_KEY', {}],
      ['JWT_SECRET_KEY', { JWT_SECRET_KEY: '' }],
      ['JWT_SECRET_KEY', { JWT_SECRET_KEY: 's3cret' }],
      ['JWT_SECRET_KEY', { JWT_SECRET_KEY: 'k'.repeat(31) }],
      ['JWT_SECRET_KEY_PREVIOUS', { JWT_SECRET_KEY: LONG, JWT_SECRET_KEY_PREVIOUS: 's3cret' }],
    ];
    for (const [name, env] of bad) {
      const message = `Bad configuration: ${name} must be at least 32 bytes`;
      assert.throws(() => readSecrets(env), { name: 'ConfigError', message });
    }
  });
});

describe('the URL for alerts', () => {
  const urlOf = (ALERT_WEBHOOK_URL: string) => readAlertUrl({ ALERT_WEBHOOK_URL })?.href;

  it('may say that there is none', () => {
    assert.equal(readAlertUrl({}), null);
    for (const none of ['', 'none', 'none\n']) assert.equal(urlOf(none), undefined);
  });

  it('is an https URL, with or without the newline that a pipe leaves behind; http is for this machine', () => {
    const urls = ['https://hooks.slack.com/services/T0/B0/x', 'http://localhost:8123/', 'http://127.0.0.1/x'];
    for (const url of urls) assert.deepEqual([urlOf(url), urlOf(`${url}\n`)], [url, url]);
  });

  it('is refused else, by a message that names it and shows nothing of it', () => {
    const bad = [
      'http://hooks.example/s3cret',
      's3cret',
      'ftp://localhost/s3cret',
      'https://me:s3cret@a.example',
    ];
    for (const value of [...bad, 'https://', 'http://localhost.example/', 'None', 'file:///s3cret']) {
      const message =
        'Bad configuration: ALERT_WEBHOOK_URL must be an https URL without credentials, or none';
      assert.throws(() => urlOf(value), { name: 'ConfigError', message }, value);
    }
  });
});
