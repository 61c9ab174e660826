import assert from 'node:assert/strict';
import { health } from '../../src/app/endpoints.ts';
import { createHealthCheck, type Probe } from '../../src/health/healthCheck.ts';
import { assertProblem, assertSuccess } from '../support/assertions.ts';
import { call } from '../support/call.ts';
import { memoryServices } from '../support/memory/services.ts';

const answers: Probe = async () => {};
const fails: Probe = async () => {
  throw new Error('s3cret-host:443 refused');
};
const LIMITS = { timeoutMs: 2000, cacheTtlMs: 5000 };

describe('the health of the service', () => {
  const ask = (firestore: Probe, pubsub: Probe) => {
    const { services, clock } = memoryServices();
    services.health = createHealthCheck({ firestore, pubsub }, clock, '1.2.3', LIMITS);
    return call(health, services, { headers: { 'Content-Type': undefined } });
  };

  it('is 200 healthy where both dependencies answer', async () => {
    const answer = await ask(answers, answers);
    assertSuccess(health, answer);
    const { timestamp, ...rest } = answer.body;
    assert.deepEqual(rest, {
      status: 'healthy',
      services: { firestore: 'connected', pubsub: 'connected' },
      version: '1.2.3',
    });
    assert.match(timestamp, /^2026-03-01T12:00:0[0-9]\.000Z$/);
  });

  it('is 503 unhealthy where one does not, in the same form, and says nothing of why [ASVS 13.4.5]', async () => {
    const answer = await ask(answers, fails);
    assert.equal(answer.status, 503);
    assertSuccess(health, answer);
    assert.equal(answer.body.status, 'unhealthy');
    assert.deepEqual(answer.body.services, { firestore: 'connected', pubsub: 'disconnected' });
    assert.ok(!answer.text.includes('s3cret'));
    const other = await ask(fails, answers);
    assert.deepEqual(other.body.services, { firestore: 'disconnected', pubsub: 'connected' });
  });

  it('asks the dependencies once for many requests', async () => {
    let asked = 0;
    const { services, clock } = memoryServices();
    const counted = async () => {
      asked += 1;
    };
    services.health = createHealthCheck({ firestore: counted, pubsub: answers }, clock, '1.2.3', {
      ...LIMITS,
      cacheTtlMs: 60_000,
    });
    await Promise.all(Array.from({ length: 100 }, () => call(health, services)));
    assert.equal(asked, 1);
  });

  it('has no other paths', async () => {
    const { services } = memoryServices();
    for (const path of ['/api/nothing', '/api/auth/', '/api/tweets/capture']) {
      assertProblem(await call(health, services, { path }), 'not_found');
      assertProblem(await call(health, services, { path, method: 'POST', body: '{' }), 'not_found');
    }
  });
});
