import assert from 'node:assert/strict';
import { type DocumentData, type Firestore, Timestamp } from 'firebase-admin/firestore';
import { createRateLimitStore } from '../../../../src/platform/firestore/rateLimitStore.ts';

const MINUTE = 60_000;
const REQUEST = {
  key: 'capture user',
  limit: 10,
  windowMs: MINUTE,
  joins: true,
  selfGranted: 1,
  allowsExtra: true,
  needed: 1,
  wanted: 4,
};

/** A database that holds one document, with a clock of its own. */
function database(at: string, stored: DocumentData | null = null) {
  const state = { now: new Date(at), stored, writes: 0 };
  const write = async (changes: DocumentData) => {
    state.stored = { ...state.stored, ...changes };
    state.writes += 1;
  };
  const ref = { update: write, create: write };
  const get = async () => ({
    ref,
    data: () =>
      state.stored &&
      Object.fromEntries(Object.entries(state.stored).map(([name, value]) => [name, asStored(value)])),
    readTime: Timestamp.fromDate(state.now),
    updateTime: state.stored && Timestamp.fromDate(state.now),
  });
  const db = { collection: () => ({ doc: () => Object.assign(ref, { get }) }) };
  return { state, store: createRateLimitStore(db as unknown as Firestore) };
}
const asStored = (value: unknown) => (value instanceof Date ? Timestamp.fromDate(value) : value);

describe('the store of rate limits', () => {
  it("decides the window by the database's clock, whatever the instance's says", async () => {
    const { state, store } = database('2001-02-03T04:05:06.789Z');
    assert.deepEqual(await store.lease(REQUEST), { granted: 4, left: 5, resetMs: 53_211 });
    const endsAt = new Date('2001-02-03T04:06:00Z');
    assert.deepEqual(state.stored, { endsAt, expiresAt: endsAt, granted: 5, instances: 1 });
    state.now = new Date('2001-02-03T04:05:59.999Z');
    assert.deepEqual(await store.lease(REQUEST), { granted: 2, left: 3, resetMs: 1 });
    state.now = endsAt;
    assert.deepEqual(await store.lease(REQUEST), { granted: 4, left: 5, resetMs: MINUTE });
  });

  it('never puts an earlier window in the place of a later one', async () => {
    const endsAt = new Date('2001-02-03T04:06:00Z');
    const { state, store } = database('2001-02-03T04:04:30Z', { endsAt, granted: 10, instances: 1 });
    assert.equal((await store.lease(REQUEST)).granted, 0);
    assert.deepEqual([state.writes, state.stored?.endsAt], [0, endsAt]);
  });

  it('takes a document of another form for none', async () => {
    const { store } = database('2001-02-03T04:05:00Z', { windowStart: new Date(), taken: 100 });
    assert.equal((await store.lease(REQUEST)).granted, 4);
  });
});
