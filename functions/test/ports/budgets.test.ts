import assert from 'node:assert/strict';
import { type Amounts, NOTHING } from '../../src/budgets/budgetStore.ts';
import { onEveryAdapter, type Stores } from '../support/adapters.ts';

const now = new Date('2026-03-01T12:00:00Z');
const until = new Date('2026-03-01T12:02:00Z');
const day = '2026-03-01';
const limits: Amounts = { captures: 10, bytes: 10, exports: 2, reads: 10 };

onEveryAdapter('the store of budgets', (open) => {
  let budgets: Stores['budgets'];
  beforeEach(() => {
    ({ budgets } = open());
  });
  const start = (id: string, different: Partial<Parameters<typeof budgets.startExport>[2]> = {}) =>
    budgets.startExport('user', day, { id, now, until, limits, ...different });
  const end = (id: string, reads = 0) => budgets.endExport('user', day, { id, reads });

  it('adds what is reported, and answers the sum; for each user and day apart', async () => {
    assert.deepEqual(await budgets.read('user', day), NOTHING);
    const first = { ...NOTHING, captures: 3, bytes: 1000 };
    assert.deepEqual(await budgets.add('user', day, first), first);
    assert.deepEqual(await budgets.add('user', day, { ...NOTHING, captures: 2, reads: 4 }), {
      ...first,
      captures: 5,
      reads: 4,
    });
    assert.equal((await budgets.add('other', day, first)).captures, 3);
    assert.equal((await budgets.add('user', '2026-03-02', first)).captures, 3);
    assert.equal((await budgets.read('user', day)).captures, 5);
  });

  it('loses nothing of what is reported at once', async () => {
    await Promise.all(Array.from({ length: 6 }, () => budgets.add('user', day, { ...NOTHING, reads: 1 })));
    assert.equal((await budgets.read('user', day)).reads, 6);
  });

  it('starts one export at a time, the next when that has ended or its time is up', async () => {
    assert.deepEqual(await start('a'), { outcome: 'started', used: { ...NOTHING, exports: 1 } });
    assert.deepEqual(await start('b'), { outcome: 'busy', until });
    assert.equal((await start('a')).outcome, 'started');
    assert.deepEqual(await end('a', 6), { ...NOTHING, exports: 1, reads: 6 });
    assert.equal((await start('b')).outcome, 'started');
    assert.deepEqual(await start('c', { now: until, until: new Date(0) }), {
      outcome: 'exports',
      used: { ...NOTHING, exports: 2, reads: 6 },
    });
  });

  it('lets an export that has lost its lock end nothing but itself', async () => {
    await start('a');
    await start('b', { now: until, until: new Date(until.getTime() + 1) });
    await end('a');
    assert.equal((await start('c', { now: until })).outcome, 'busy');
  });

  it('starts one of many at once', async () => {
    const started = await Promise.all(['a', 'b', 'c', 'd'].map((id) => start(id)));
    assert.equal(started.filter(({ outcome }) => outcome === 'started').length, 1);
    assert.equal((await budgets.read('user', day)).exports, 1);
  });

  it('refuses an export where exports or reads are used up, and writes nothing then', async () => {
    await budgets.add('user', day, { ...NOTHING, reads: 10 });
    assert.deepEqual(await start('a'), { outcome: 'reads', used: { ...NOTHING, reads: 10 } });
    assert.equal((await start('a', { limits: { ...limits, exports: 0 } })).outcome, 'exports');
    assert.equal((await budgets.read('user', day)).exports, 0);
  });
});
