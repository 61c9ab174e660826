import assert from 'node:assert/strict';
import { PublishError } from '../../../src/core/errors.ts';
import { withCircuitBreaker } from '../../../src/delivery/circuitBreaker.ts';
import type { Publisher } from '../../../src/delivery/ports.ts';
import { fakeClock } from '../../support/memory/services.ts';

describe('the publisher that remembers an outage', () => {
  const outage = new PublishError('outage', 'Pub/Sub did not answer within 10000 ms');
  const rejection = new PublishError('rejected', 'Pub/Sub answered 400');
  const clock = fakeClock();
  let failure: Error | null;
  let asked: number;
  let publisher: Publisher;

  beforeEach(() => {
    failure = null;
    asked = 0;
    const patient: Publisher = {
      async publish() {
        asked += 1;
        if (failure) throw failure;
        return ['message'];
      },
    };
    publisher = withCircuitBreaker(patient, clock, 5000);
  });

  it('publishes while there is none', async () => {
    assert.deepEqual(await publisher.publish([]), ['message']);
  });

  it('fails with the same words, and asks nobody, until its memory is over', async () => {
    failure = outage;
    await assert.rejects(publisher.publish([]), outage);
    failure = null;
    clock.advance(4999);
    await assert.rejects(publisher.publish([]), outage);
    assert.equal(asked, 1);
    clock.advance(1);
    assert.deepEqual(await publisher.publish([]), ['message']);
  });

  it('tries again when its memory is over, and remembers anew', async () => {
    failure = outage;
    for (const count of [1, 2, 3]) {
      await assert.rejects(publisher.publish([]), outage);
      await assert.rejects(publisher.publish([]), outage);
      assert.equal(asked, count);
      clock.advance(5000);
    }
  });

  it('does not take a refused message, or a bug, for an outage', async () => {
    for (const error of [rejection, new TypeError('a bug')]) {
      failure = error;
      await assert.rejects(publisher.publish([]), error);
      failure = null;
      assert.deepEqual(await publisher.publish([]), ['message']);
    }
  });
});
