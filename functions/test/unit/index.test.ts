import assert from 'node:assert/strict';
import * as endpoints from '../../src/app/endpoints.ts';
import type { ServedEndpoint } from '../../src/app/functions.ts';
import { FUNCTIONS } from '../../src/app/functions.ts';
import { PARAMETERS } from '../../src/config/parameters.ts';
import { ALERT_SECRET, SECRETS, SIGNING_SECRETS } from '../../src/config/secrets.ts';
import { BACKOFF, PUBLISH_TIMEOUT_MS } from '../../src/delivery/policy.ts';
import { bodyBoundsOf } from '../../src/http/endpoint.ts';
import { REQUEST_DEADLINE_MS } from '../../src/http/pipeline.ts';
import * as functions from '../../src/index.ts';
import { functionOf } from '../support/functionOf.ts';

/** What the CLI deploys a function by; parameters appear as `params.NAME`. */
interface Manifest {
  secretEnvironmentVariables?: { key: string }[];
  httpsTrigger?: { invoker: string[] };
  eventTrigger?: object;
  scheduleTrigger?: object;
  region: string;
  timeoutSeconds: number;
  maxInstances: number;
  concurrency: number | null;
}

interface Declared {
  toSpec(): { name: string; default?: string };
}

const ALL: ServedEndpoint[] = Object.values(endpoints);
const BACKGROUND = ['publishTweet', 'retryQueue', 'eraseAccounts'];
const manifests = Object.fromEntries(
  Object.entries(functions).map(([name, deployed]) => {
    const { __endpoint } = deployed as unknown as { __endpoint: object };
    return [name, JSON.parse(JSON.stringify(__endpoint)) as Manifest];
  }),
);
const manifest = (name: string) => {
  const found = manifests[name];
  assert.ok(found, `${name} is not deployed`);
  return found;
};

describe('the deployed functions', () => {
  it('are the endpoints and those that work in the background [ASVS 15.2.3]', () => {
    const expected = [...Object.keys(FUNCTIONS), ...BACKGROUND];
    assert.deepEqual(Object.keys(functions).sort(), expected.sort());
  });

  for (const definition of ALL) {
    const { name, access, path } = definition;
    const deployed = functionOf(definition);
    const signs = access !== 'public' || path.startsWith('/api/auth/');
    it(`${name} can be called by anyone and ${signs ? 'has the signing secrets' : 'has no secrets'}`, () => {
      const { httpsTrigger, secretEnvironmentVariables = [] } = manifest(deployed);
      assert.deepEqual(httpsTrigger, { invoker: ['public'] });
      assert.deepEqual(
        secretEnvironmentVariables.map(({ key }) => key),
        signs ? [...SIGNING_SECRETS] : [],
      );
    });

    it(`${name} gives a body less time than the whole request`, () => {
      assert.ok(bodyBoundsOf(definition).deadlineMs < REQUEST_DEADLINE_MS);
    });

    it(`${name} has more time than its pipeline gives it, so that the caller gets an answer`, () => {
      assert.ok(manifest(deployed).timeoutSeconds * 1000 > REQUEST_DEADLINE_MS);
    });
  }

  for (const name of BACKGROUND) {
    const secrets = name === 'retryQueue' ? [ALERT_SECRET] : [];
    it(`${name} cannot be called from outside, and has ${secrets.join() || 'no secrets'}`, () => {
      const { httpsTrigger, secretEnvironmentVariables = [] } = manifest(name);
      assert.equal(httpsTrigger, undefined);
      assert.deepEqual(
        secretEnvironmentVariables.map(({ key }) => key),
        secrets,
      );
    });
  }

  it('run in the configured region', () => {
    for (const { region } of Object.values(manifests)) assert.equal(region, 'params.REGION');
  });

  it('do not grow without bounds', () => {
    for (const { maxInstances } of Object.values(manifests))
      assert.ok(maxInstances >= 1 && maxInstances <= 3);
  });

  it('let no endpoint use up the concurrency that it shares with others', () => {
    for (const { endpoints, concurrency } of Object.values(FUNCTIONS)) {
      if (endpoints.length === 1) continue;
      for (const { name, maxInFlight = Number.POSITIVE_INFINITY } of endpoints) {
        assert.ok(maxInFlight < concurrency, name);
      }
    }
  });

  it('run few exports and one batch at a time in an instance, because each needs much memory', () => {
    assert.ok(Number(endpoints.exportTweets.maxParallel) + Number(endpoints.exportAccount.maxParallel) <= 8);
    assert.equal(endpoints.captureBatch.maxParallel, 1);
  });
});

describe('publishTweet', () => {
  it('gets each new tweet of the configured database, again where it failed', () => {
    assert.deepEqual(manifest('publishTweet').eventTrigger, {
      eventType: 'google.cloud.firestore.document.v1.created',
      eventFilters: { database: 'params.FIRESTORE_DATABASE', namespace: '(default)' },
      eventFilterPathPatterns: { document: 'tweets/{id}' },
      retry: true,
    });
  });

  it('lives longer than a publish call may take', () => {
    assert.ok(manifest('publishTweet').timeoutSeconds * 1000 > PUBLISH_TIMEOUT_MS);
  });
});

describe('retryQueue', () => {
  it('runs every five minutes, one run at a time, and shorter than the lease of what it claims', () => {
    const { scheduleTrigger, maxInstances, concurrency, timeoutSeconds } = manifest('retryQueue');
    assert.deepEqual(scheduleTrigger, { schedule: 'every 5 minutes', timeZone: 'Etc/UTC', retryConfig: {} });
    assert.deepEqual([maxInstances, concurrency, timeoutSeconds], [1, 1, 300]);
    assert.ok(timeoutSeconds * 1000 < BACKOFF.firstMs);
  });
});

describe('the parameters', () => {
  it('are declared to the CLI by the same names and defaults, so that none is asked for [ASVS 13.3.1]', async () => {
    const { declaredParams } = await import('firebase-functions/params');
    const declared = declaredParams.map((param) => {
      const { name, default: value } = (param as unknown as Declared).toSpec();
      return [name, value];
    });
    const parameters = Object.entries(PARAMETERS).map(([name, parameter]) => [name, parameter.default]);
    const secrets = SECRETS.map((name) => [name, undefined]);
    assert.deepEqual(declared.sort(), [...parameters, ...secrets].sort());
  });
});
