import assert from 'node:assert/strict';
import { onEveryAdapter, type Stores } from '../support/adapters.ts';
import { countAttempt, succeeded } from '../support/guesses.ts';

const windowStart = new Date('2026-03-01T12:00:00Z');
const before = new Date('2026-03-01T11:59:00Z');
const after = new Date('2026-03-01T12:01:00Z');
const now = windowStart.getTime();

onEveryAdapter('the count of requests', (open) => {
  let rateLimits: Stores['rateLimits'];
  beforeEach(() => {
    ({ rateLimits } = open());
  });
  const lease = (wanted: number, different = {}) =>
    rateLimits.lease({ key: 'capture a/b', windowStart, wanted, pool: 10, ...different });

  it('gives what is wanted until the pool is empty, and tells what is left', async () => {
    assert.deepEqual(await lease(4), { granted: 4, left: 6 });
    assert.deepEqual(await lease(5), { granted: 5, left: 1 });
    assert.deepEqual(await lease(5), { granted: 1, left: 0 });
    assert.deepEqual(await lease(1), { granted: 0, left: 0 });
  });

  it('starts afresh for another key and another window', async () => {
    await lease(10);
    assert.deepEqual(await lease(1, { key: 'capture c' }), { granted: 1, left: 9 });
    assert.deepEqual(await lease(3, { windowStart: after }), { granted: 3, left: 7 });
  });

  it('gives a clock that is behind of the window that the others are in', async () => {
    await lease(8);
    assert.deepEqual(await lease(5, { windowStart: before }), { granted: 2, left: 0 });
  });

  it('never gives more than there is, however many ask at once', async () => {
    const granted = await Promise.all(Array.from({ length: 8 }, () => lease(3)));
    assert.equal(
      granted.reduce((sum, part) => sum + part.granted, 0),
      10,
    );
  });
});

onEveryAdapter('the store of guesses', (open) => {
  const email = 'a/b+c@example.com';
  let guesses: Stores['guesses'];
  beforeEach(() => {
    ({ guesses } = open());
  });
  const guess = (source = '192.0.2.1') =>
    guesses.update(email, (stored) => countAttempt(stored, source, now));
  const stored = () => guesses.update(email, (found) => ({ guesses: null, result: found }));

  it('has nothing at first, and then what was decided', async () => {
    assert.equal(await stored(), null);
    await guess();
    const { failures, sources } = (await stored()) ?? {};
    assert.deepEqual([failures, sources?.['192.0.2.1']?.failures], [1, 1]);
    assert.equal(
      await guesses.update('other@example.com', (found) => ({ guesses: null, result: found })),
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
    await guesses.update(email, (found) => ({
      guesses: succeeded(found, '192.0.2.1', now, true),
      result: null,
    }));
    const { failures, sources } = (await stored()) ?? {};
    assert.deepEqual([failures, sources?.['192.0.2.1']?.failures], [0, 0]);
    assert.ok((sources?.['192.0.2.1']?.knownUntil ?? 0) > now);
  });
});
