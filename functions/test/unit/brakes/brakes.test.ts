import assert from 'node:assert/strict';
import { createBrakes, NOTHING_PAUSED } from '../../../src/brakes/brakes.ts';
import { AppError } from '../../../src/core/errors.ts';
import { memoryBrakes } from '../../support/memory/brakes.ts';
import { fakeClock } from '../../support/memory/services.ts';

describe('the brakes', () => {
  let clock: ReturnType<typeof fakeClock>;
  let store: ReturnType<typeof memoryBrakes>;
  let reads: number;
  let lines: string[];
  const instance = () =>
    createBrakes(
      {
        ...store,
        read: () => {
          reads += 1;
          return store.read();
        },
      },
      clock,
      (_, event) => void lines.push(event),
      { ttlMs: 50_000, timeoutMs: 20, cooldownMs: 5000 },
    );
  beforeEach(() => {
    clock = fakeClock();
    store = memoryBrakes();
    reads = 0;
    lines = [];
  });

  it('are read once for all that ask at the same time, and again after 50 s', async () => {
    const brakes = instance();
    await Promise.all(Array.from({ length: 20 }, () => brakes.isPaused('captures')));
    clock.advance(49_999);
    await brakes.isPaused('publishing');
    assert.equal(reads, 1);
    clock.advance(1);
    await brakes.isPaused('registration');
    assert.equal(reads, 2);
  });

  it('are known within a minute, each apart, when they are set and when they are released', async () => {
    const brakes = instance();
    const all = () =>
      Promise.all((['captures', 'publishing', 'registration'] as const).map((each) => brakes.isPaused(each)));
    assert.deepEqual(await all(), [false, false, false]);
    await store.set('publishing', clock.now());
    clock.advance(60_000);
    assert.deepEqual(await all(), [false, true, false]);
    await store.set('publishing', null);
    clock.advance(60_000);
    assert.deepEqual(await all(), [false, false, false]);
  });

  it('need no read where a session check tells them', async () => {
    const brakes = instance();
    brakes.learn({ ...NOTHING_PAUSED, captures: clock.now() });
    assert.equal(await brakes.isPaused('captures'), true);
    brakes.learn(NOTHING_PAUSED);
    assert.equal(await brakes.isPaused('captures'), false);
    assert.equal(reads, 0);
  });

  it('stay as they were last known where the store fails or is silent, and are asked for again after a rest', async () => {
    const brakes = instance();
    store.read = async () => {
      throw new AppError('unavailable', 'down');
    };
    assert.equal(await brakes.isPaused('captures'), false);
    await brakes.isPaused('captures');
    assert.deepEqual([reads, lines], [1, ['brakes_unknown']]);
    store.read = async () => ({ ...NOTHING_PAUSED, captures: clock.now() });
    clock.advance(5000);
    assert.equal(await brakes.isPaused('captures'), true);
    store.read = () => new Promise(() => {});
    clock.advance(50_000);
    assert.equal(await brakes.isPaused('captures'), true);
  });
});
