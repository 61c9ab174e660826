import assert from 'node:assert/strict';
import { NOTHING_PAUSED } from '../../src/brakes/brakes.ts';
import { onEveryAdapter, type Stores } from '../support/adapters.ts';
import { sampleAccount, sampleSession } from '../support/samples.ts';

const now = new Date('2026-03-01T12:00:00Z');

onEveryAdapter('the store of brakes', (open) => {
  let stores: Stores;
  beforeEach(() => {
    stores = open();
  });

  it('has nothing paused at first', async () => {
    assert.deepEqual(await stores.brakes.read(), NOTHING_PAUSED);
  });

  it('pauses and resumes each apart, and says where it was so already', async () => {
    const { brakes } = stores;
    assert.equal(await brakes.set('captures', now), 'changed');
    assert.equal(await brakes.set('publishing', now), 'changed');
    assert.equal(await brakes.set('captures', new Date()), 'unchanged');
    assert.deepEqual(await brakes.read(), { ...NOTHING_PAUSED, captures: now, publishing: now });
    assert.equal(await brakes.set('captures', null), 'changed');
    assert.equal(await brakes.set('captures', null), 'unchanged');
    assert.deepEqual(await brakes.read(), { ...NOTHING_PAUSED, publishing: now });
  });

  it('is read in the round trip of a session check', async () => {
    const { accounts, brakes } = stores;
    const account = sampleAccount('user@example.com', now);
    const session = sampleSession(account.userId, now);
    await accounts.createUnlessTaken(account, session);
    const paused = async () => (await accounts.getAccountAndSession(account.userId, session.id)).paused;
    assert.deepEqual(await paused(), NOTHING_PAUSED);
    await brakes.set('registration', now);
    assert.deepEqual(await paused(), { ...NOTHING_PAUSED, registration: now });
  });
});
