import assert from 'node:assert/strict';
import { createHealthCheck } from '../../../src/health/healthCheck.ts';
import { fakeClock } from '../../support/memory/services.ts';

const LIMITS = { timeoutMs: 50, cacheTtlMs: 5000 };
const answers = async () => {};
const fails = async () => {
  throw new Error('ECONNREFUSED 10.0.0.1');
};
const hangs = () => new Promise<void>(() => {});

describe('the health check', () => {
  const open = (probes: { firestore?: () => Promise<void>; pubsub?: () => Promise<void> } = {}) => {
    const clock = fakeClock();
    const all = { firestore: answers, pubsub: answers, ...probes };
    return { clock, check: createHealthCheck(all, clock, '1.2.3', LIMITS) };
  };

  it('is healthy where both dependencies answer', async () => {
    const { check, clock } = open();
    assert.deepEqual(await check(), {
      status: 'healthy',
      timestamp: clock.now().toISOString(),
      services: { firestore: 'connected', pubsub: 'connected' },
      version: '1.2.3',
    });
  });

  for (const [what, probe] of Object.entries({ fails, hangs })) {
    it(`is unhealthy where one of them ${what}, and says which`, async () => {
      const firestoreAway = await open({ firestore: probe }).check();
      assert.equal(firestoreAway.status, 'unhealthy');
      assert.deepEqual(firestoreAway.services, { firestore: 'disconnected', pubsub: 'connected' });
      const pubsubAway = await open({ pubsub: probe }).check();
      assert.equal(pubsubAway.status, 'unhealthy');
      assert.deepEqual(pubsubAway.services, { firestore: 'connected', pubsub: 'disconnected' });
    });
  }

  it('says nothing of why', async () => {
    const report = await open({ firestore: fails, pubsub: fails }).check();
    assert.ok(!JSON.stringify(report).includes('ECONNREFUSED'));
  });

  it('gives each of them its deadline', async () => {
    const startedAt = performance.now();
    assert.equal((await open({ firestore: hangs, pubsub: hangs }).check()).status, 'unhealthy');
    const took = performance.now() - startedAt;
    assert.ok(took >= 45 && took < 1000, `${took} ms`);
  });

  it('asks once however many want to know at a time, and again when its answer is too old', async () => {
    let asked = 0;
    const counted = async () => {
      asked += 1;
    };
    const { check, clock } = open({ firestore: counted });
    const reports = await Promise.all(Array.from({ length: 50 }, check));
    assert.equal(new Set(reports).size, 1);
    clock.advance(4999);
    await check();
    assert.equal(asked, 1);
    clock.advance(1);
    await Promise.all([check(), check()]);
    assert.equal(asked, 2);
  });

  it('sees that a dependency is back as soon as its answer is too old', async () => {
    let probe: () => Promise<void> = fails;
    const { check, clock } = open({ pubsub: () => probe() });
    assert.equal((await check()).status, 'unhealthy');
    probe = answers;
    assert.equal((await check()).status, 'unhealthy');
    clock.advance(5000);
    assert.equal((await check()).status, 'healthy');
  });
});
