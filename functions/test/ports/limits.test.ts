import assert from 'node:assert/strict';
import type { LeaseRequest } from '../../src/http/rateLimitWindow.ts';
import { onEveryAdapter, type Stores } from '../support/adapters.ts';
import { eventually } from '../support/eventually.ts';
import { countAttempt, succeeded } from '../support/loginAttempts.ts';

const now = new Date('2026-03-01T12:00:00Z').getTime();
/** Long enough that no window ends during a test. */
const LONG_MS = 1_000_000 * 60_000;

onEveryAdapter('the count of requests', (open) => {
  let rateLimits: Stores['rateLimits'];
  beforeEach(() => {
    ({ rateLimits } = open());
  });
  const lease = async (wanted: number, different: Partial<LeaseRequest> = {}) => {
    const { granted, left } = await rateLimits.lease({
      key: 'capture a/b',
      limit: 10,
      windowMs: LONG_MS,
      joins: false,
      selfGranted: 0,
      allowsExtra: true,
      needed: wanted,
      wanted,
      ...different,
    });
    return { granted, left };
  };

  it('grants what is wanted until nothing is left, and says what is left', async () => {
    assert.deepEqual(await lease(4), { granted: 4, left: 6 });
    assert.deepEqual(await lease(5), { granted: 5, left: 1 });
    assert.deepEqual(await lease(5), { granted: 1, left: 0 });
    assert.deepEqual(await lease(1), { granted: 0, left: 0 });
  });

  it('counts what an instance passed by itself, and gives each further instance one more', async () => {
    assert.deepEqual(await lease(4, { joins: true, selfGranted: 1 }), { granted: 4, left: 5 });
    assert.deepEqual(await lease(4, { joins: true, selfGranted: 1 }), { granted: 4, left: 1 });
    assert.deepEqual(await lease(4, { joins: true, selfGranted: 1 }), { granted: 1, left: 0 });
    assert.deepEqual(await lease(4, { joins: true, selfGranted: 1 }), { granted: 0, left: 0 });
  });

  it('gives no instance one more if the count is exact', async () => {
    const exact = { joins: true, allowsExtra: false };
    assert.deepEqual(await lease(6, exact), { granted: 6, left: 4 });
    assert.deepEqual(await lease(6, exact), { granted: 4, left: 0 });
  });

  it('starts afresh for another key', async () => {
    await lease(10);
    assert.deepEqual(await lease(1, { key: 'capture c' }), { granted: 1, left: 9 });
  });

  it("starts afresh in each window of the database's clock, and says when it ends", async () => {
    const windowMs = 50;
    await lease(10, { windowMs });
    const fresh = async () => (await lease(10, { windowMs })).granted === 10;
    await eventually('a window begins', fresh, 5000);
    const { resetMs } = await rateLimits.lease({
      key: 'capture d',
      limit: 10,
      windowMs: LONG_MS,
      joins: true,
      selfGranted: 1,
      allowsExtra: true,
      needed: 1,
      wanted: 1,
    });
    const leftOfWindow = LONG_MS - (Date.now() % LONG_MS);
    assert.ok(Math.abs(resetMs - leftOfWindow) < 60_000);
  });

  it('keeps a window that ends later than that of the request', async () => {
    await lease(8);
    assert.deepEqual(await lease(5, { windowMs: 1 }), { granted: 2, left: 0 });
    assert.deepEqual(await lease(1), { granted: 0, left: 0 });
  });

  it('never grants more than there is, however many ask at once', async () => {
    const granted = await Promise.all(Array.from({ length: 8 }, () => lease(3)));
    assert.equal(
      granted.reduce((sum, part) => sum + part.granted, 0),
      10,
    );
  });
});

onEveryAdapter('the store of guesses', (open) => {
  const email = 'a/b+c@example.com';
  let loginAttempts: Stores['loginAttempts'];
  beforeEach(() => {
    ({ loginAttempts } = open());
  });
  const guess = (source = '192.0.2.1') =>
    loginAttempts.update(email, (stored) => countAttempt(stored, source, now));
  const stored = () => loginAttempts.update(email, (found) => ({ attempts: null, result: found }));

  it('has nothing at first, and then what was decided', async () => {
    assert.equal(await stored(), null);
    await guess();
    const { failures, sources } = (await stored()) ?? {};
    assert.deepEqual([failures, sources?.['192.0.2.1']?.failures], [1, 1]);
    assert.equal(
      await loginAttempts.update('other@example.com', (found) => ({ attempts: null, result: found })),
      null,
    );
  });

  it('keeps any name of a source', async () => {
    for (const source of ['2001:db8:0:0::/64', 'unknown', '__proto__x', 'a.b`c']) await guess(source);
    assert.equal(Object.keys((await stored())?.sources ?? {}).length, 4);
  });

  it('lets ten of 30 parallel guesses through', async () => {
    const verdicts = await Promise.all(Array.from({ length: 30 }, () => guess()));
    assert.equal(verdicts.filter(({ kind }) => kind === 'allowed').length, 10);
  }).timeout(20_000);

  it('forgets a source that signed in, but for knowing it', async () => {
    await guess();
    await loginAttempts.update(email, (found) => ({
      attempts: succeeded(found, '192.0.2.1', now, true),
      result: null,
    }));
    const { failures, sources } = (await stored()) ?? {};
    assert.deepEqual([failures, sources?.['192.0.2.1']?.failures], [0, 0]);
    assert.ok((sources?.['192.0.2.1']?.knownUntil ?? 0) > now);
  });
});
